import { checkOptions } from '../../lib/options/parse'
import type { Problem } from '../../lib/options/problems'

// Every error that any test of the options produces passes through here: what it offers is put in the place of what it
// refuses, and has to be accepted beside the other options.

const tried = new Set<string>()

/** Throws if a value that one of the problems offers is refused itself. Each is tried once. */
export function tryOffers (options: unknown, problems: readonly Problem[]): void {
  for (const { pointer, code, what, instead, escape } of problems) {
    if (tried.has(what + instead)) continue
    tried.add(what + instead)
    for (const value of offered(instead)) expectAccepted(replaced(options, pointer, value), pointer, `${code} offers ${String(value)}`)
    if (escape !== undefined) expectLifted(options, code, escape)
  }
}

function expectAccepted (options: unknown, pointer: string, offer: string): void {
  const [refusal] = checkOptions(options).filter(problem => problem.pointer === pointer || problem.pointer.startsWith(`${pointer}/`))
  if (refusal !== undefined) throw new Error(`${offer}, which is refused: ${refusal.what}. ${refusal.instead}`)
}

/** The escape that a problem names has to lift it. */
function expectLifted (options: unknown, code: string, escape: string): void {
  const { dangerously = {}, ...others } = options as { readonly dangerously?: object }
  const left = checkOptions({ ...others, dangerously: { ...dangerously, [escape]: true } })
  if (left.some(problem => problem.code === code)) throw new Error(`${code} names ${escape}, which does not lift it`)
}

/** The values in a text that stand for themselves, as the code of a configuration. */
function offered (instead: string): unknown[] {
  const parts = instead.split(/, or (?:, to [^,]*, )?(?:the RegExp )?| or (?:the RegExp )?|; |, such as |, which leaves out |^such as /)
  return parts.map(part => part.replace(/^the RegExp /, '')).filter(part => /^(?:'[^']*'|\[.*\]|\/.*\/[a-z]*|\d+|true|false)$/.test(part)).map(evaluated)
}

function evaluated (code: string): unknown {
  // eslint-disable-next-line no-new-func -- a text of our own, which is the code of a literal
  return new Function(`return (${code})`)() as unknown
}

/** The options with another value at a JSON pointer; an array that is offered for an item takes its place, item by item. */
function replaced (options: unknown, pointer: string, value: unknown): unknown {
  const [key, ...rest] = pointer.split('/').slice(1).map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  if (key === undefined) return value
  if (Array.isArray(options)) {
    const at = Number(key)
    return [...options.slice(0, at), ...Array.isArray(value) && rest.length === 0 ? value as unknown[] : [replaced(options[at], pointer.slice(key.length + 1), value)], ...options.slice(at + 1)]
  }
  const record = options as Record<string, unknown>
  return { ...record, [key]: replaced(record[key], pointer.slice(`/${key}`.length), value) }
}
