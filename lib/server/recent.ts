// The most distinct refusals that are logged in a minute: more than a developer reads, and too few to flood a log.
const MAX = 200
const MINUTE = 60_000

/**
 * Whether a refusal is new: it was not logged within the last minute, and the table is not full. When the table is full,
 * nothing counts as new until an entry expires, so made-up origins cannot flood the log.
 */
export function isNew (seen: Map<string, number>, key: string): boolean {
  const now = performance.now()
  const since = seen.get(key)
  if (since !== undefined && now - since <= MINUTE) return false
  seen.delete(key)
  removeExpired(seen, now)
  if (seen.size >= MAX) return false
  seen.set(key, now)
  return true
}

/** Removes entries until one is less than a minute old: a Map has its oldest entries first. */
function removeExpired (seen: Map<string, number>, now: number): void {
  for (const [key, since] of seen) {
    if (now - since <= MINUTE) return
    seen.delete(key)
  }
}
