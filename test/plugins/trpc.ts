import { TRPCError, initTRPC } from '@trpc/server'
import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import { createBrowser } from '../../lib/testing'
import { ALLOWED, EVIL, portOf, sendHttp } from '../support/exchange'
import { BOTH_ORDERS, BOTH_PLACES, start } from './beside'
import type { Beside } from './beside'
import { keepsPromises } from './promises'

const { procedure, router } = initTRPC.create()

const appRouter = router({
  greet: procedure.input(String).query(({ input }) => `hello ${input}`),
  rename: procedure.input((value: unknown) => value as { name: string }).mutation(({ input }) => input.name),
  forbidden: procedure.query(() => { throw new TRPCError({ code: 'FORBIDDEN' }) }),
  count: procedure.subscription(async function * () {
    yield 1
    yield 2
  })
})

// It replies with a `Response`, whose headers Fastify copies after `onSend`.
export const trpcBeside: Beside = {
  name: '@trpc/server',
  checked: 'its Fastify adapter: a query without a preflight, a mutation with one, a subscription as a stream, errors that can be read',
  orders: BOTH_ORDERS,
  places: BOTH_PLACES,
  async check (t, setting) {
    const running = await start(t, setting, {
      other: scope => scope.register(fastifyTRPCPlugin, {
        prefix: '/trpc',
        trpcOptions: { router: appRouter, responseMeta: () => ({ headers: new Headers({ vary: 'trpc-accept', 'access-control-allow-origin': '*' }) }) }
      })
    })
    const write = { method: 'POST', path: '/trpc/rename', body: '{"name":"Ada"}' }
    await keepsPromises(t, running, { read: '/trpc/greet?input=%22you%22', write, vary: ['accept', 'origin', 'trpc-accept'] })
    await keepsPromises(t, running, { read: '/trpc/forbidden', status: 403, vary: ['accept', 'origin', 'trpc-accept'] })
    await keepsPromises(t, running, { read: '/trpc/nowhere', status: 404, vary: ['accept', 'origin', 'trpc-accept'] })
    const { app, at } = running
    const browser = createBrowser(`http://127.0.0.1:${portOf(app)}`)
    const page = browser.open(ALLOWED)
    const call = async (path: string, init = {}) => await (await page.fetch(`http://api.localhost${at(path)}`, init)).text()
    t.strictSame(JSON.parse(await call('/trpc/greet?input=%22you%22')), { result: { data: 'hello you' } })
    t.strictSame(JSON.parse(await call('/trpc/rename', { method: 'POST', headers: { 'content-type': 'application/json' }, body: write.body })), { result: { data: 'Ada' } })
    t.equal(JSON.parse(await call('/trpc/forbidden')).error.data.code, 'FORBIDDEN')

    const stream = await sendHttp(app, 'GET', at('/trpc/count'), { headers: { accept: 'text/event-stream' } })
    t.match(stream.headers['content-type'], /^text\/event-stream/)
    t.match(stream.body, /data: 1\n[^]*data: 2\n/)
    t.equal(stream.cors['access-control-allow-origin'], ALLOWED)
    t.equal((await sendHttp(app, 'GET', at('/trpc/count'), { origin: EVIL, headers: { accept: 'text/event-stream' } })).cors['access-control-allow-origin'], undefined)
  }
}
