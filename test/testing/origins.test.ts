import { once } from 'node:events'
import http from 'node:http'
import fastify from 'fastify'
import t from 'tap'
import plugin from '../..'
import { createBrowser } from '../../lib/testing'
import { listen } from './raw'
import { APP, failureOf, lines, scripted } from './scripted'

const API = 'https://api.example.com'
const LOGIN = 'https://login.example.com'
const OTHER = 'https://other.test'

function api () {
  const app = fastify()
  app.register(plugin, { origin: APP, credentials: true })
  app.get('/me', async request => ({ cookie: request.headers.cookie ?? '' }))
  app.get('/old', async (_request, reply) => reply.redirect(`${OTHER}/new`))
  return app
}

function login () {
  const app = fastify()
  app.register(plugin, { origin: APP, credentials: true })
  app.post('/session', async (_request, reply) => {
    const cookies = ['session=1; Secure; HttpOnly; Domain=example.com', 'own=1; Secure; HttpOnly']
    return reply.header('set-cookie', cookies).redirect(`${API}/me`, 303)
  })
  return app
}

t.test('each origin has its server, and they share the cookies of their site', async t => {
  const other = http.createServer((request, response) => response.setHeader('access-control-allow-origin', '*').end(request.headers.host))
  const browser = createBrowser({ [APP]: login(), [API]: api(), [OTHER]: await listen(t, other) })
  const page = browser.open(APP)
  const session = await page.fetch('/session', { method: 'POST', credentials: 'include' })
  t.same(await session.json(), { cookie: 'session=1' }, 'a redirect carries the cookies of the site')
  t.same(await (await page.fetch(`${API}/me`, { credentials: 'include' })).json(), { cookie: 'session=1' })
  t.equal(await (await page.fetch(`${API}/old`)).text(), 'other.test')
  t.strictSame(lines(browser), [
    `POST ${APP}/session 303`, `GET ${API}/me 200`, `GET ${API}/me 200`, `GET ${API}/old 302`, `GET ${OTHER}/new 200`
  ])
})

t.test('an origin without a server does not answer, and its ports and schemes are other origins', async t => {
  const browser = createBrowser({ [API]: api() })
  for (const origin of [LOGIN, 'http://api.example.com', `${API}:8443`]) {
    const { cause } = await failureOf(browser.open('http://app.example.com').fetch(origin))
    t.match(cause, { code: 'InvalidResponse', cause: { message: `${origin} has no server here, only ${API}` } })
  }
})

t.test('an application that does not start is the error of every fetch', async t => {
  const broken = scripted(() => ({}))
  broken.register(async () => { throw new Error('misconfigured') })
  await t.rejects(createBrowser({ [API]: api(), [LOGIN]: broken }).open(APP).fetch(`${API}/me`), { message: 'misconfigured' })
})

t.test('what is not an origin or not a server is a TypeError that names it', async t => {
  const cases: [object, RegExp][] = [
    [{ 'api.example.com': api() }, /"api\.example\.com" is not an origin$/],
    [{ [`${API}/`]: api() }, /is not an origin$/],
    [{ 'https://API.example.com': api() }, /is not an origin$/],
    [{ 'capacitor://localhost': api() }, /is not an origin$/],
    [{ [API]: 3000 }, /the server of https:\/\/api\.example\.com is neither$/],
    [{ [API]: { [API]: api() } }, /is neither$/],
    [{ [API]: 'localhost:3000' }, /"localhost:3000" is not the address of a server/]
  ]
  for (const [servers, message] of cases) t.throws(() => createBrowser(servers as never), { name: 'TypeError', message })
})

t.test('a server with TLS is reached by its address', async t => {
  const server = http.createServer((_request, response) => response.end('x'))
  const address = await listen(t, server)
  for (const url of [address.replace('http:', 'https:'), 'https://localhost', 'https://[::1]:1']) {
    const error = await failureOf(createBrowser({ [API]: url }).open(APP).fetch(API))
    t.match(error.cause, { code: 'InvalidResponse', cause: Error }, url)
  }
  t.match((await failureOf(createBrowser('http://127.0.0.1').open(APP).fetch(API))).cause, { cause: { port: 80 } })
  server.close()
  await once(server, 'close')
})
