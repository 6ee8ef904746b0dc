import Fastify from 'fastify'
import type { FastifyRequest } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { aside } from '../../lib/server/aside'
import { ALLOWED, EVIL, logLines, send } from '../support/exchange'

type Headers = Readonly<Record<string, string>>

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const TRUST = 'if this is the site itself, set `trustProxy` of Fastify and let the proxy send X-Forwarded-Proto and X-Forwarded-Host; otherwise, '
const NAME = 'if this is the site itself, its proxy does not pass on the name that the browser asked for: let the proxy send X-Forwarded-Host and X-Forwarded-Proto, and set `trustProxy` of Fastify; otherwise, '
const POSTED = 'if another site such as an identity provider posts forms here, give the route POST /callback `config: { cors: { enforce: false } }`; otherwise, '
const OWN = 'if this is a form of the site itself, its page has `Referrer-Policy: no-referrer`, with which a browser sends null over plain http: send the page with `Referrer-Policy: same-origin`; '

function said (headers: Headers, { method = 'POST', host = 'api.test', isRefused = false, is404 = false } = {}): string {
  const routeOptions = { url: '/callback' }
  return aside({ headers, host, method, is404, routeOptions } as unknown as FastifyRequest, isRefused) // no more of it is read
}

t.test("a request that may be the site's own, behind a proxy that is not trusted", async t => {
  const rows: ReadonlyArray<readonly [headers: Headers, said: string]> = [
    [{ origin: 'https://api.test' }, TRUST],
    [{ origin: 'http://api.test' }, ''],
    [{ origin: 'https://site.test' }, ''],
    [{ origin: 'https://site.test', 'x-forwarded-host': 'site.test' }, TRUST],
    [{ origin: 'https://site.test', 'x-forwarded-host': 'SITE.test:443' }, TRUST],
    [{ origin: 'https://site.test', 'x-forwarded-host': 'site.test:80' }, ''],
    [{ origin: 'https://site.test:8443', 'x-forwarded-host': 'site.test:8443' }, TRUST],
    [{ origin: 'https://api.test', 'x-forwarded-host': 'site.test' }, ''],
    // A browser that says where a request comes from needs no guess.
    [{ origin: 'https://api.test', 'sec-fetch-site': 'same-site' }, '']
  ]
  for (const [headers, text] of rows) t.equal(said(headers), text, JSON.stringify(headers))
})

t.test("a request that may be the site's own, behind a proxy that does not pass its name on", async t => {
  const rows: ReadonlyArray<readonly [origin: string, host: string, more: Headers, said: string]> = [
    ['http://site.test', '127.0.0.1:3000', {}, NAME],
    ['http://site.test', '[::1]:3000', {}, NAME],
    ['http://site.test', 'backend', {}, NAME],
    ['https://site.test', '127.0.0.1:3000', {}, ''],
    ['https://site.test', 'upstream.test', { 'x-forwarded-for': '192.0.2.1' }, NAME],
    ['https://site.test', 'upstream.test', { via: '1.1 edge' }, NAME],
    ['https://site.test', 'upstream.test', { 'x-forwarded-for': '192.0.2.1', 'sec-fetch-site': 'cross-site' }, ''],
    ['https://site.test', 'upstream.test', { 'x-forwarded-for': '192.0.2.1', 'x-forwarded-host': 'other.test' }, ''],
    ['http://site.test', 'upstream.test', {}, ''],
    ['http://localhost:5173', '127.0.0.1:3000', {}, ''],
    ['http://127.0.0.1:5173', 'localhost:3000', {}, ''],
    ['capacitor://localhost', '127.0.0.1', {}, ''],
    ['null', '127.0.0.1', {}, ''],
    ['x', '127.0.0.1', {}, ''],
    ['http:', '127.0.0.1', {}, ''],
    ['http://site.test', '', {}, NAME]
  ]
  for (const [origin, host, more, text] of rows) t.equal(said({ origin, ...more }, { host }), text, `${origin} ${host} ${JSON.stringify(more)}`)
  for (const method of ['GET', 'HEAD']) t.equal(said({ origin: 'http://site.test' }, { host: '127.0.0.1', method }), '', method)
  t.equal(said({}, { host: '127.0.0.1' }), '')
})

t.test('a form that enforce refuses', async t => {
  const idp = { origin: 'https://idp.test', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', ...FORM }
  t.equal(said(idp, { isRefused: true }), POSTED)
  t.equal(said({ ...idp, origin: 'null' }, { isRefused: true }), POSTED)
  t.equal(said({ origin: 'https://idp.test', ...FORM }, { isRefused: true }), POSTED, 'over plain http')
  t.equal(said({ origin: 'null', ...FORM }, { isRefused: true }), OWN + POSTED)
  t.equal(said({ origin: 'null', ...FORM }, { isRefused: true, is404: true }), `${OWN.slice(0, -2)}; otherwise, `)
  t.equal(said(idp, { isRefused: true, is404: true }), '', 'no route to give the option to')
  t.equal(said(idp), '', 'not refused')
  t.equal(said(idp, { isRefused: true, method: 'PUT' }), '', 'no form sends PUT')
  t.equal(said({ ...idp, 'content-type': 'application/json' }, { isRefused: true }), '', 'nor JSON')
  t.equal(said({ ...idp, 'sec-fetch-mode': 'cors' }, { isRefused: true }), '', 'a script')
})

t.test('the advice on a form, once followed, lets it in and nothing else', async t => {
  const app = Fastify()
  app.addContentTypeParser('application/x-www-form-urlencoded', (_request, payload, done) => { payload.resume(); done(null, {}) })
  await app.register(corsPlugin, { origin: ALLOWED, enforce: 'unsafe' })
  app.post('/callback', { config: { cors: { enforce: false } } }, () => 'in')
  app.post('/other', () => 'in')
  for (const origin of ['https://idp.test', 'null']) {
    const form = { origin, headers: { ...FORM, 'sec-fetch-mode': 'navigate' }, body: 'a=1' }
    const answer = await send(app, 'POST', '/callback', form)
    t.equal(answer.status, 200)
    t.not(answer.cors['access-control-allow-origin'], origin, 'and no page reads it')
    t.equal((await send(app, 'POST', '/other', form)).status, 403)
  }
})

t.test('the advice on a proxy, once followed, makes the request the own one', async t => {
  for (const [origin, proto] of [['https://site.test', 'https'], ['http://site.test', 'http']] as const) {
    const app = Fastify({ trustProxy: true })
    await app.register(corsPlugin, { origin: ALLOWED, enforce: 'unsafe' })
    app.put('/a', () => 'in')
    const headers = { host: '127.0.0.1:3000', 'x-forwarded-host': 'site.test', 'x-forwarded-proto': proto }
    t.equal((await send(app, 'PUT', '/a', { origin, headers })).status, 200)
    t.equal((await send(app, 'PUT', '/a', { origin: EVIL, headers })).status, 403)
  }
})

t.test('an OPTIONS request that is not a preflight is told what makes one, at debug', async t => {
  const rows: ReadonlyArray<readonly [headers: Headers, why: string]> = [
    [{}, 'it has no Origin and no Access-Control-Request-Method'],
    [{ origin: ALLOWED }, 'it has no Access-Control-Request-Method'],
    [{ 'access-control-request-method': 'PUT' }, 'it has no Origin'],
    [{ origin: ALLOWED, 'access-control-request-method': 'P U T' }, 'its Access-Control-Request-Method is not a method']
  ]
  for (const level of ['debug', 'info']) {
    const { lines, stream } = logLines()
    const app = Fastify({ logger: { level, stream } })
    app.get('/ungoverned', () => 'a')
    app.register(async child => {
      await child.register(corsPlugin, { origin: ALLOWED })
      child.route({ method: ['GET', 'OPTIONS'], url: '/a', handler: () => 'a' })
    })
    const hints = () => lines.map(({ msg }) => msg).filter(msg => msg.includes('is not a CORS preflight'))
    for (const [headers, why] of rows) {
      lines.length = 0
      await app.inject({ method: 'OPTIONS', url: '/a?token=1', headers })
      const hint = `OPTIONS /a is not a CORS preflight, since ${why}: a preflight has the header Origin with the origin of a page, and Access-Control-Request-Method with the method of the request to come`
      t.strictSame(hints(), level === 'debug' ? [hint] : [], why)
    }
    lines.length = 0
    await app.inject({ url: '/a', headers: { origin: ALLOWED } })
    await app.inject({ method: 'OPTIONS', url: '/ungoverned' })
    t.strictSame(hints(), [])
  }
})
