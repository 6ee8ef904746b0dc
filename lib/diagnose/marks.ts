import type { Policy } from '../policy/policy'

/**
 * A warning for a reviewer. `any-origin`: pages of any site may read. `any-origin-with-credentials`: pages of any site may
 * read with the user's session. `unenforced`: a route that changes things allows credentials, and requests from origins that
 * are not allowed reach its handler too, although their pages cannot read the response.
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
    case 'unenforced': return "requests from any site reach the handler with the user's session: `enforce` is off"
  }
}
