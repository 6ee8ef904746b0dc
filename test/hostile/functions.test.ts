import net from 'node:net'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import type { Test } from 'tap'
import { ALLOWED } from '../support/exchange'
import { keep } from './keeper'
import { readAnswers, valueOf } from './messages'
import type { Answer } from './messages'
import { DELEGATORS, ORIGINS, PENDING } from './nonsense'
import type { Row } from './nonsense'
import { talk } from './wire'

type Kind = 'actual' | 'preflight'

function bytesOf (kind: Kind, target: string): string {
  const asks = kind === 'preflight' ? ['Access-Control-Request-Method: PUT'] : []
  return [`${kind === 'preflight' ? 'OPTIONS' : 'PUT'} ${target} HTTP/1.1`, 'Host: api.test', 'Connection: close', `Origin: ${ALLOWED}`, ...asks, '', ''].join('\r\n')
}

async function answerTo (port: number, bytes: string): Promise<Answer | undefined> {
  return readAnswers((await talk(port, [bytes])).received, []).answers[0]
}

/** What became of a request. A header that nobody meant to send is neither. */
function becameOf (kind: Kind, answer: Answer | undefined): string {
  if (answer === undefined) return 'no answer'
  const { status, headers } = answer
  const names = headers.map(([name]) => name.toLowerCase())
  const origin = valueOf(headers, 'access-control-allow-origin')
  const handled = names.includes('x-handled')
  const cors = names.filter(name => name.startsWith('access-control-'))
  if (names.includes('x-injected') || new Set(names).size !== names.length) return 'an injected header'
  if (status === 500 && cors.length === 0 && !handled) return 'fails'
  if (status === (kind === 'preflight' ? 204 : 200) && origin === ALLOWED && handled === (kind === 'actual')) return 'allowed'
  if (status === (kind === 'preflight' ? 403 : 200) && cors.length === 0 && handled === (kind === 'actual')) return 'refused'
  return JSON.stringify(answer)
}

async function check (t: Test, port: number, kind: string, rows: readonly Row[]): Promise<void> {
  for (const [i, [name, , becomes]] of rows.entries()) {
    for (const asked of ['actual', 'preflight'] as const) {
      const bytes = bytesOf(asked, `/${kind}/${i}/`)
      t.equal(becameOf(asked, await answerTo(port, bytes)), becomes, `${name}, ${asked}`, { bytes })
    }
  }
}

t.test('whatever the functions of the options do, each request gets one response with the right headers', async t => {
  const keeper = await keep('functions')
  t.teardown(async () => { await keeper.stop() })
  const port = keeper.ports.logged ?? 0
  await t.test('origin functions', t => check(t, port, 'origin', ORIGINS))
  await t.test('delegators', t => check(t, port, 'delegator', DELEGATORS))
  await t.test('clients that go away', async t => {
    for (const i of PENDING.keys()) {
      for (const kind of ['actual', 'preflight'] as const) {
        const bytes = bytesOf(kind, `/pending/${i}/`)
        // In the middle of the head, at its end, while the function runs, and when it is done.
        for (const [length, delay] of [[30, 0], [bytes.length - 2, 0], [bytes.length, 0], [bytes.length, 10], [bytes.length, 30]] as const) {
          await leaveAfter(port, bytes.slice(0, length), delay)
        }
      }
    }
    await setTimeout(100)
    await check(t, port, 'pending', PENDING.filter(([name]) => !name.includes('never')))
  })
  t.strictSame(keeper.faults, [], 'and nothing goes wrong behind it')
})

async function leaveAfter (port: number, bytes: string, delay: number): Promise<void> {
  const socket = net.connect({ port, host: '127.0.0.1' })
  socket.on('error', () => {})
  await new Promise<void>(resolve => { socket.write(bytes, () => { resolve() }) })
  await setTimeout(delay)
  socket.resetAndDestroy()
}
