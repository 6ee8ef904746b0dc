import { attack } from './attack'
import type { Attack } from './attack'
import { batch } from './generate'
import { readRequests } from './messages'
import type { Keeper } from './keeper'
import type { Habitat } from './oracle'
import { randomFrom } from './random'
import type { Random } from './random'
import { LARGE } from './scenes'
import { ALONE, ENCLOSURES, ROOTS } from './zoo'

/** Where the bytes go: a port, who lives there, and the longest head that is read there. */
export interface Place {
  readonly port: string
  readonly habitat: Habitat
  readonly maxHeadSize: number
}

const all: Habitat = { roots: ROOTS, enclosures: ENCLOSURES }

export const PLACES: readonly [Place, ...Place[]] = [
  { port: 'plain', habitat: all, maxHeadSize: 16_000 },
  { port: 'logged', habitat: all, maxHeadSize: 16_000 },
  { port: 'large', habitat: all, maxHeadSize: LARGE - 384 },
  { port: 'alone', habitat: { roots: ALONE, enclosures: [] }, maxHeadSize: 16_000 }
]

export interface Outcome {
  readonly sent: number
  readonly answered: number
  /** Each with the bytes that were sent. */
  readonly faults: readonly string[]
}

// One fault tends to come a thousand times.
const MAX_FAULTS = 10

/** Sends so many random requests, some connections at a time; between those of one lane, `rest` is awaited. */
export async function fuzz ({ ports, faults: crashes }: Keeper, seed: number, requests: number, lanes: number, rest = async () => {}): Promise<Outcome> {
  const faults: string[] = []
  let sent = 0
  let answered = 0
  const run = async (random: Random): Promise<void> => {
    while (sent < requests && faults.length + crashes.length < MAX_FAULTS) {
      const place = random.pick(PLACES)
      const pieces = batch(random, sent)
      sent += pieces.length
      const planned = plan(random, pieces)
      const result = await attack(ports[place.port] ?? 0, place.habitat, planned, place.maxHeadSize)
      answered += result.statuses.length
      if (result.faults.length > 0) faults.push(describe(place, planned, result.faults))
      await rest()
    }
  }
  await Promise.all(Array.from({ length: lanes }, (_, lane) => run(randomFrom(seed + lane))))
  return { sent, answered, faults: [...faults, ...crashes] }
}

/** Most are sent whole; some are cut in the middle, or are sent in pieces that end anywhere. */
function plan (random: Random, requests: readonly string[]): Attack {
  const whole = requests.join('')
  const cut = random.int(whole.length + 1)
  switch (random.int(10)) {
    case 0: return { pieces: [whole.slice(0, cut)], leave: 'end' }
    case 1: return { pieces: [whole.slice(0, cut)], leave: 'destroy' }
    case 2: return { pieces: [whole.slice(0, cut), whole.slice(cut)], leave: 'wait' }
    case 3: return { pieces: requests, leave: 'wait' }
    // A client that waits after half a request waits until the server times out.
    default: return { pieces: [whole], leave: readRequests(whole, Infinity).isDoubtful && random.chance(0.95) ? 'end' : 'wait' }
  }
}

export function describe ({ port }: Place, { pieces, leave }: Attack, faults: readonly string[]): string {
  return `${faults.join('; ')}\n  at ${port}, then ${leave}, after the bytes\n  ${JSON.stringify(pieces)}`
}
