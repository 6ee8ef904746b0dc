import { sendable } from './field-value'

/** The value of `Vary` with these field names, each once; `undefined` if there are none. */
export function varyValue (names: readonly string[]): string | undefined {
  return names.length === 0 ? undefined : joinOnce(names)
}

function joinOnce (names: readonly string[]): string {
  const seen = new Map<string, string>()
  for (const name of names) {
    const key = name.toLowerCase()
    if (!seen.has(key)) seen.set(key, name)
  }
  return [...seen.values()].join(', ')
}

/**
 * Adds field names to the `Vary` that a response already has. No name is lost or repeated. `*` stays alone, since it
 * includes every name (RFC 9110, 12.5.5).
 */
export function mergeVary (existing: unknown, added: string): string {
  if (existing === undefined || existing === '' || existing === added) return added
  const present = splitList(String(existing))
  if (present.includes('*')) return '*'
  return joinSendable(present, splitList(added))
}

/** Both lists of names as one, each name once. Those that Node.js would not send are left out. */
export function joinSendable (first: readonly string[], second: readonly string[]): string {
  return sendable(joinOnce([...first, ...second])) ?? joinOnce([...first, ...second].filter(sendable))
}

/** The items of a comma-separated field value, trimmed, without empty ones. */
export function splitList (value: string): string[] {
  return value.split(',').map(item => item.trim()).filter(item => item !== '')
}
