import { readAnswers, readRequests, valueOf } from './messages'
import { faultsOf } from './oracle'
import type { Habitat } from './oracle'
import { talk } from './wire'
import type { Talk } from './wire'

export interface Attack {
  /** What is sent, as latin1, in pieces. */
  readonly pieces: readonly string[]
  readonly leave: 'wait' | 'end' | 'destroy'
}

export interface Result {
  readonly faults: readonly string[]
  /** Of the answers, in order. */
  readonly statuses: readonly number[]
}

// Of the answers of Node.js and of Fastify to what they cannot read, on a connection that they close.
const REFUSALS = [400, 408, 413, 414, 417, 431, 505]

/** Sends bytes and holds every promise against what comes back. */
export async function attack (port: number, habitat: Habitat, { pieces, leave }: Attack, maxHeadSize: number): Promise<Result> {
  const told = await talk(port, pieces, leave)
  return judge(habitat, pieces.join(''), told, leave, maxHeadSize)
}

function judge (habitat: Habitat, sent: string, { received, isClosed }: Talk, leave: Attack['leave'], maxHeadSize: number): Result {
  const { requests, isDoubtful } = readRequests(sent, maxHeadSize)
  const { answers, rest } = readAnswers(received, requests.map(({ method }) => method))
  const faults: string[] = []
  if (!isClosed) faults.push('the connection hangs')
  for (const [i, answer] of answers.entries()) {
    const asked = requests[i]
    const mark = valueOf(answer.headers, 'x-mark')
    const isRefusal = mark === undefined && REFUSALS.includes(answer.status)
    if (asked !== undefined && mark !== undefined && mark !== asked.headers.get('x-mark')) faults.push(`answer ${i} is that to ${mark}`)
    faults.push(...faultsOf(habitat, isRefusal ? undefined : asked, answer).map(fault => `answer ${i}: ${fault}`))
    if (asked === undefined && answer.status >= 500 && answer.status !== 505 && valueOf(answer.headers, 'x-route')?.endsWith('/fail') !== true) faults.push(`answer ${i}: ${answer.status}`)
  }
  const last = answers.at(-1)
  // After a body that it cannot read, Fastify closes the connection, and says so.
  const isOver = last !== undefined && last.status >= 400 && valueOf(last.headers, 'connection') === 'close'
  const isCut = isDoubtful || isOver || leave !== 'wait'
  if (!isCut && answers.length < requests.length) faults.push(`${answers.length} answers to ${requests.length} requests`)
  if (!isCut && rest !== '') faults.push(`then came ${JSON.stringify(rest)}`)
  return { faults, statuses: answers.map(({ status }) => status) }
}
