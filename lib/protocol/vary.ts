/** Joins field names for `Vary`, each once, or `undefined` if there are none. */
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
 * Adds field names to a `Vary` that is already on a response. Nothing that is there is lost or
 * repeated; `*` already says more than any name (RFC 9110, 12.5.5).
 */
export function mergeVary (existing: unknown, added: string): string {
  if (existing === undefined || existing === '' || existing === added) return added
  const present = splitList(String(existing))
  if (present.includes('*')) return '*'
  return joinOnce([...present, ...splitList(added)])
}

/** The items of a comma-separated field value, without blanks and empty items. */
export function splitList (value: string): string[] {
  return value.split(',').map(item => item.trim()).filter(item => item !== '')
}
