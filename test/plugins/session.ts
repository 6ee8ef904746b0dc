import cookie from '@fastify/cookie'
import session from '@fastify/session'
import fp from 'fastify-plugin'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { createBrowser } from '../../lib/testing'
import { ALLOWED, EVIL, portOf, sendHttp } from '../support/exchange'
import { BOTH_ORDERS, BOTH_PLACES, LIST, start } from './beside'
import type { Beside, Parts, Setting } from './beside'
import { keepsPromises } from './promises'

declare module 'fastify' {
  interface Session { visits?: number }
}

const CORS = { ...LIST, credentials: true }

// It sets cookies in onSend. Browsers keep those of a response that a page may not read.
export const sessionBeside: Beside = {
  name: '@fastify/session',
  checked: 'a page with `credentials: \'include\'` has a session; a page elsewhere reads nothing of it',
  note: 'The cookie has to be `SameSite=None; Secure` to be sent across sites.',
  orders: BOTH_ORDERS,
  places: BOTH_PLACES,
  async check (t, setting) {
    const sessions = fp(async (scope: FastifyInstance) => {
      await scope.register(cookie)
      await scope.register(session, { secret: 'not a secret, and long enough for that', cookie: { secure: true, sameSite: 'none' } })
    })
    await checkCookies(t, setting, scope => scope.register(sessions), scope => {
      const count = async (request: { session: { visits?: number } }) => { request.session.visits = (request.session.visits ?? 0) + 1; return String(request.session.visits) }
      scope.get('/visits', count)
      scope.put('/visits', count)
    })
  }
}

// It sets a cookie from the handler, and parses those of preflights, which have none.
export const cookieBeside: Beside = {
  name: '@fastify/cookie',
  checked: 'cookies go both ways with `credentials`; `Set-Cookie` stands beside the CORS headers, once each',
  note: 'CORS does not keep a browser from storing the cookies of an answer that no page may read.',
  orders: BOTH_ORDERS,
  places: BOTH_PLACES,
  async check (t, setting) {
    await checkCookies(t, setting, scope => scope.register(cookie), scope => {
      const count = async (request: { cookies: Record<string, string | undefined> }, reply: { setCookie: (name: string, value: string, options: object) => unknown }) => {
        const visits = String(Number(request.cookies.visits ?? 0) + 1)
        reply.setCookie('visits', visits, { secure: true, sameSite: 'none', path: '/' })
        return visits
      }
      scope.get('/visits', count)
      scope.put('/visits', count)
    })
  }
}

async function checkCookies (t: Test, setting: Setting, other: Parts['other'], routes: (scope: FastifyInstance) => void): Promise<void> {
  const running = await start(t, setting, { server: { trustProxy: true }, other, cors: CORS, routes })
  await keepsPromises(t, running, { read: '/visits', write: { method: 'PUT', path: '/visits' } })
  const { app, at } = running
  const browser = createBrowser(`http://127.0.0.1:${portOf(app)}`)
  const visit = async (origin: string, method = 'GET') => await (await browser.open(origin).fetch(`https://api.test${at('/visits')}`, { method, credentials: 'include' })).text()
  t.equal(await visit(ALLOWED), '1')
  t.equal(await visit(ALLOWED), '2', 'the cookie came back')
  t.equal(await visit(ALLOWED, 'PUT'), '3', 'with a request that needed a preflight too')
  await t.rejects(visit(EVIL), { cause: { code: 'MissingAllowOriginHeader' } })
  t.ok(browser.sent.at(-1)?.headers.cookie, 'which sent the cookie, and could not read the answer')
  t.ok(browser.sent.every(({ preflight, headers }) => !preflight || headers.cookie === undefined))

  for (const origin of [ALLOWED, EVIL]) {
    const { headers, cors } = await sendHttp(app, 'GET', at('/visits'), { origin, headers: { 'x-forwarded-proto': 'https' } })
    t.match(headers['set-cookie'], /SameSite=None/)
    t.notMatch(headers['set-cookie'], / \| /, 'one cookie')
    t.equal(cors['access-control-allow-credentials'], origin === ALLOWED ? 'true' : undefined)
  }
}
