import { io } from 'socket.io-client'
import t from 'tap'
import { WebSocket } from 'ws'
import { ALLOWED, EVIL } from '../support/exchange'
import { example, start } from './program'

type Headers = Readonly<Record<string, string>>

/** What is said to "hello", or why there is no connection. */
type Say = (origin: string, headers: Headers) => Promise<string>

const overWs: Say = async (origin, headers) => await new Promise(resolve => {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/chat`, { headers })
  socket.on('open', () => { socket.send('hello') })
  socket.on('message', data => {
    resolve(String(data as Buffer)) // a message of its default type
    socket.close()
  })
  socket.on('unexpected-response', (request, response) => {
    resolve(`status ${response.statusCode}`)
    request.destroy()
  })
  socket.on('error', () => {}) // because of `destroy`
})

const overSocketIo = (transport: string): Say => async (origin, headers) => await new Promise(resolve => {
  const socket = io(origin, { transports: [transport], extraHeaders: headers, reconnection: false, forceNew: true })
  const done = (result: string) => {
    resolve(result)
    socket.close()
  }
  socket.on('connect', () => { socket.send('hello') })
  socket.on('message', done)
  socket.on('connect_error', error => { done(`status ${statusOf(error)}`) })
})

/** The errors of the two transports keep the status in different places. */
function statusOf (error: Error): unknown {
  const { description } = error as { description?: number | { message: string } }
  return typeof description === 'object' ? /\d+$/.exec(description.message)?.[0] : description
}

// socket.io refuses every upgrade with 400.
const rows: ReadonlyArray<readonly [program: string, over: string, say: Say, refused: string]> = [
  ['ws.js', 'ws', overWs, 'status 403'],
  ['socket-io.js', 'socket.io by WebSocket', overSocketIo('websocket'), 'status 400'],
  ['socket-io.js', 'socket.io by polling', overSocketIo('polling'), 'status 403']
]

for (const [program, over, say, refused] of rows) {
  t.test(`${over}: the policy of the application decides who connects`, async t => {
    const { address: own } = await start(t, [example(program)])
    const welcome: Headers[] = [{}, { origin: ALLOWED }, { origin: own }, { origin: EVIL, 'sec-fetch-site': 'same-origin' }]
    const foreign: Headers[] = [{ origin: EVIL }, { origin: 'null' }, { origin: own.replace('127.0.0.1', 'localhost') }, { origin: own, 'sec-fetch-site': 'cross-site' }]
    for (const headers of welcome) t.equal(await say(own, headers), 'you said hello', JSON.stringify(headers))
    for (const headers of foreign) t.equal(await say(own, headers), refused, JSON.stringify(headers))
  })
}

t.test('socket.io: an allowed page can read what it polls', async t => {
  const { address: own } = await start(t, [example('socket-io.js')])
  const poll = async (origin: string) => await fetch(`${own}/socket.io/?EIO=4&transport=polling`, { headers: { origin } })
  const allowed = await poll(ALLOWED)
  t.equal(allowed.status, 200)
  t.equal(allowed.headers.get('access-control-allow-origin'), ALLOWED)
  t.equal(allowed.headers.get('access-control-allow-credentials'), 'true')
  t.equal((await poll(EVIL)).status, 403)
  t.equal((await fetch(`${own}/users`, { headers: { origin: EVIL } })).status, 403, 'and `enforce` sees what Fastify answers')
})
