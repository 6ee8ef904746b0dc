import http2 from 'node:http2'
import type { ClientHttp2Session } from 'node:http2'
import t from 'tap'
import { batch } from './generate'
import { keep } from './keeper'
import type { Answer, Asked } from './messages'
import { faultsOf } from './oracle'
import { randomFrom, requestsOfRun, seedOfRun } from './random'
import type { Random } from './random'
import { ENCLOSURES, ROOTS } from './zoo'

const habitat = { roots: ROOTS, enclosures: ENCLOSURES }
const LIMIT = 20_000
const CONCURRENT = 100

/** A request of the HTTP/1.1 generator, with what HTTP/2 has of it. */
function askedOf (random: Random, mark: number): Asked {
  const [head = ''] = (batch(random, mark)[0] ?? '').split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const [method = '', target = ''] = first.split(' ')
  const headers = new Map([['host', 'api.test']])
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    if (/^[a-z0-9_-]+$/.test(name) && !['connection', 'upgrade', 'transfer-encoding', 'content-length', 'expect', 'te'].includes(name)) headers.set(name, headers.has(name) && name !== 'host' ? `${String(headers.get(name))}, ${value}`.trim() : value)
  }
  return { method, target, headers }
}

/** What the stream ended with: an answer, or nothing for one that was reset; `undefined` if it did not end. */
function exchange (session: ClientHttp2Session, { method, target, headers }: Asked, random: Random): Promise<Answer | 'reset' | undefined> {
  return new Promise(resolve => {
    const { host, ...rest } = Object.fromEntries(headers)
    const hasBody = ['PUT', 'POST'].includes(method)
    const stream = session.request({ ':method': method, ':path': target, ':authority': host, ...rest }, { endStream: !hasBody })
    let answer: Answer | 'reset' = 'reset'
    const timer = setTimeout(() => { stream.destroy(); resolve(undefined) }, LIMIT)
    stream.on('response', received => {
      const flat = Object.entries(received).filter(([name]) => !name.startsWith(':')).map(([name, value]) => [name, [value].flat().join(' | ')] as const)
      answer = { status: Number(received[':status']), headers: flat, body: '' }
    })
    stream.on('error', () => {})
    stream.on('close', () => { clearTimeout(timer); resolve(answer) })
    stream.resume()
    if (hasBody) stream.write('{')
    // Some are reset in the middle: at once, or while an answer may be on its way.
    if (random.chance(0.1)) stream.close(http2.constants.NGHTTP2_CANCEL)
    else if (random.chance(0.1)) setTimeout(() => { stream.close(http2.constants.NGHTTP2_CANCEL) }, random.int(5))
    else if (hasBody) stream.end('}')
  })
}

async function connect (port: number): Promise<ClientHttp2Session> {
  const session = http2.connect(`http://127.0.0.1:${port}`)
  session.on('error', () => {})
  return session
}

/** Whether any server has to take it: Node.js refuses some fields on either side, and resets the stream. */
function isLawful ({ method, target, headers }: Asked): boolean {
  return /^[A-Z]{1,20}$/.test(method) && method !== 'CONNECT' && /^(?:\/|\*$)/.test(target) && !target.includes('#') && [...headers.values()].every(value => /^[\t\x20-\x7e\x80-\xff]*$/.test(value))
}

t.test('random streams of HTTP/2 break no promise', { timeout: 120_000 }, async t => {
  const keeper = await keep('zoo')
  t.teardown(async () => { await keeper.stop() })
  const seed = seedOfRun()
  const random = randomFrom(seed)
  const total = requestsOfRun(6000)
  const faults: string[] = []
  let answered = 0
  for (let sent = 0; sent < total && faults.length < 10;) {
    const session = await connect(keeper.ports.h2 ?? 0)
    const all = Array.from({ length: CONCURRENT }, () => askedOf(random, sent++))
    await Promise.all(all.map(async asked => {
      let answer: Answer | 'reset' | undefined
      try {
        answer = await exchange(session, asked, random)
      } catch {
        return // the client itself refuses to send it
      }
      if (answer !== undefined && answer !== 'reset') answered++
      const said = answer === undefined ? ['the stream hangs'] : answer === 'reset' ? [] : faultsOf(habitat, isLawful(asked) ? asked : undefined, answer)
      if (said.length > 0) faults.push(`${said.join('; ')}\n  after ${JSON.stringify({ ...asked, headers: [...asked.headers] })}`)
    }))
    session.destroy()
  }
  t.comment(`SEED=${seed}: ${total} streams, ${answered} answers`)
  for (const fault of faults) t.fail(fault)
  t.ok(answered > total / 2, 'and most of them are answered')
  t.strictSame(keeper.faults, [], 'and nothing goes wrong behind it')
})
