import t from 'tap'
import { upgrade } from '../plugins/handshake'
import { example, start } from './program'

t.test('an upgrade from another site is refused before the handler', async t => {
  const { address } = await start(t, [example('websocket.js')])
  const port = Number(new URL(address).port)
  t.strictSame(await upgrade(port, '/chat', { origin: 'https://app.example.com' }, 'hi'), { status: 101, said: 'you said hi' })
  t.strictSame(await upgrade(port, '/chat', { origin: address }, 'hi'), { status: 101, said: 'you said hi' }, 'its own origin')
  t.strictSame(await upgrade(port, '/chat', {}, 'hi'), { status: 101, said: 'you said hi' }, 'a program')
  t.match(await upgrade(port, '/chat', { origin: 'https://evil.test' }, 'hi'), { status: 403, said: /FST_CORS_ORIGIN_NOT_ALLOWED/ })
})
