import { LRUCache } from 'lru-cache'

// Refusals that differ from each other, in a minute: more than any developer reads, and few enough for any log.
const MAX = 200
const MINUTE = 60_000

/** What was refused within the last minute. */
export interface Seen {
  /** Whether this was not refused before, and there is room to say so. */
  isNew (key: string): boolean
}

/** A full table takes nothing more until something in it is a minute old: whoever invents origins fills no log. */
export function seenTable (): Seen {
  // Without a resolution it asks the clock each time, where it would start timers to ask it less often.
  const seen = new LRUCache<string, true>({ max: MAX, ttl: MINUTE, ttlResolution: 0 })
  return {
    isNew (key) {
      if (seen.has(key)) return false
      if (seen.size >= MAX) seen.purgeStale()
      if (seen.size >= MAX) return false
      seen.set(key, true)
      return true
    }
  }
}
