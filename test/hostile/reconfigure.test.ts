import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { keep } from './keeper'
import { readAnswers, readRequests } from './messages'
import type { Answer, Asked } from './messages'
import { faultsOf } from './oracle'
import { talk } from './wire'
import { TURNS } from './zoo'

const ORIGINS = ['https://a.test', 'https://b.test', 'https://x.b.test', 'https://evil.test']
const TARGETS = ['/x/1', '/stream', '/bare', '/foreign', '/nothing']

/** Each kind of request once, on one connection. */
function round (): string {
  const actual = TARGETS.flatMap(target => ORIGINS.map(origin => ['PUT', target, `Origin: ${origin}`]))
  const flights = ['/x/1', '/nothing'].flatMap(target => ORIGINS.map(origin => ['OPTIONS', target, `Origin: ${origin}\r\nAccess-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: x-a`]))
  return [...actual, ...flights]
    .map(([method, target, fields], i, all) => `${method} ${target} HTTP/1.1\r\nHost: api.test\r\nX-Mark: ${i}\r\n${fields}\r\n${i === all.length - 1 ? 'Connection: close\r\n' : ''}\r\n`)
    .join('')
}

/** Which of the policies gave this answer, the whole of it. */
function givers (asked: Asked, answer: Answer): number[] {
  return [...TURNS.keys()].filter(i => {
    const policy = TURNS[i]
    return policy !== undefined && faultsOf({ roots: [policy], enclosures: [] }, asked, answer).length === 0
  })
}

t.test('a thousand swaps under load: each answer is wholly one policy\'s', async t => {
  const keeper = await keep('swap')
  t.teardown(async () => { await keeper.stop() })
  const bytes = round()
  const { requests, isDoubtful } = readRequests(bytes, Infinity)
  t.notOk(isDoubtful, 'each request has to be answered')
  const seen = new Set<number>()
  const mixtures: string[] = []
  const swaps = { done: 0 }
  let answered = 0
  const load = async (): Promise<void> => {
    while (swaps.done < 1000 && mixtures.length < 5) {
      const { answers } = readAnswers((await talk(keeper.ports.swap ?? 0, [bytes])).received, requests.map(({ method }) => method))
      if (answers.length !== requests.length) mixtures.push(`${answers.length} answers to ${requests.length} requests`)
      for (const [i, answer] of answers.entries()) {
        const asked = requests[i] as Asked // as many as answers
        const found = givers(asked, answer)
        if (found.length === 0) mixtures.push(`${JSON.stringify(answer.headers)} with ${answer.status} to ${asked.method} ${asked.target} from ${String(asked.headers.get('origin'))}`)
        if (found.length === 1) seen.add(found[0] ?? 0)
        answered++
      }
    }
  }
  const swap = async (): Promise<void> => {
    for (; swaps.done < 1000; swaps.done += 10) {
      await keeper.ask('10')
      await setImmediate()
    }
  }
  await Promise.all([load(), load(), load(), load(), swap()])
  t.comment(`${answered} answers`)
  // Ten swaps at a time end with the same policy.
  const { answers } = readAnswers((await talk(keeper.ports.swap ?? 0, [bytes])).received, requests.map(({ method }) => method))
  t.ok(answers.length > 0 && answers.every((answer, i) => givers(requests[i] as Asked, answer).includes(10 % TURNS.length)), 'then the last one governs')
  for (const mixture of mixtures) t.fail(mixture)
  t.ok(answered > 1000, 'and many requests have come meanwhile')
  t.equal(seen.size, TURNS.length, 'and each policy has had its turn')
  t.strictSame(keeper.faults, [], 'and nothing goes wrong behind it')
})
