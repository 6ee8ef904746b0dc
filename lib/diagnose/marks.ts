import type { Policy } from '../policy/policy'

/**
 * What a reviewer should look at twice. `any-origin`: every site may read. `any-origin-with-credentials`:
 * every site may read with the session of the user. `unenforced`: a route that changes things takes requests
 * with credentials, and those of origins that are not allowed reach its handler (their pages cannot read
 * the answer).
 */
export type Mark = 'any-origin' | 'any-origin-with-credentials' | 'unenforced'

const safe: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

export function marksOf ({ allow, settings }: Policy, methods: readonly string[]): Mark[] {
  const marks: Mark[] = []
  if (allow.kind === 'any') marks.push('any-origin')
  if (allow.kind === 'reflect') marks.push('any-origin-with-credentials')
  const changes = methods.some(method => !safe.has(method))
  if (changes && settings.credentials && settings.enforce === false && allow.kind !== 'none') marks.push('unenforced')
  return marks
}

export function sayMark (mark: Mark): string {
  switch (mark) {
    case 'any-origin': return 'any site may read'
    case 'any-origin-with-credentials': return "any site may read with the user's session"
    case 'unenforced': return "requests of any site reach the handler with the user's session: `enforce` is off"
  }
}
