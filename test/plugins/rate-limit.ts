import rateLimit from '@fastify/rate-limit'
import { createBrowser } from '../../lib/testing'
import { ALLOWED, EVIL, portOf, sendHttp } from '../support/exchange'
import { BOTH_ORDERS, BOTH_PLACES, LIST, start } from './beside'
import type { Beside } from './beside'
import { keepsPromises } from './promises'

const EXPOSED = ['x-ratelimit-limit', 'x-ratelimit-remaining', 'retry-after']

// It ends requests in a hook of the route, and could count preflights.
export const rateLimitBeside: Beside = {
  name: '@fastify/rate-limit',
  checked: 'a 429 can be read, with `Retry-After` and `X-RateLimit-*` where `exposedHeaders` names them; preflights do not count',
  orders: BOTH_ORDERS,
  places: BOTH_PLACES,
  async check (t, setting) {
    const running = await start(t, setting, {
      other: scope => scope.register(rateLimit, { max: 3, timeWindow: '1 hour' }),
      cors: { ...LIST, exposedHeaders: EXPOSED },
      routes: scope => {
        scope.get('/free', { config: { rateLimit: false } }, () => 'free')
        scope.put('/free', { config: { rateLimit: false } }, () => 'free')
        scope.put('/a', () => 'a')
      }
    })
    await keepsPromises(t, running, { read: '/free', write: { method: 'PUT', path: '/free' } })
    const { app, at } = running
    const browser = createBrowser(`http://127.0.0.1:${portOf(app)}`)
    const page = browser.open(ALLOWED)
    const limits: string[] = []
    for (let i = 0; i < 4; i++) {
      browser.preflightCache.clear()
      const { status, headers } = await page.fetch(`http://api.localhost${at('/a')}`, { method: 'PUT' })
      limits.push(`${status}: ${headers.get('x-ratelimit-remaining')} of ${headers.get('x-ratelimit-limit')}, ${headers.has('retry-after')}`)
    }
    t.strictSame(limits, ['200: 2 of 3, false', '200: 1 of 3, false', '200: 0 of 3, false', '429: 0 of 3, true'])
    t.strictSame(browser.sent.filter(({ preflight }) => preflight).map(({ status }) => status), [204, 204, 204, 204], 'preflights are answered all the while')
    const refused = await sendHttp(app, 'PUT', at('/a'), { origin: EVIL })
    t.equal(refused.status, 429)
    t.strictSame(refused.cors, { vary: 'Origin' })
  }
}
