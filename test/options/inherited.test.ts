import t from 'tap'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import corsPlugin from '../..'
import { send } from '../support/exchange'

async function problemsOf (options: corsPlugin.CorsOptions, cors: corsPlugin.RouteCorsOptions): Promise<unknown> {
  const app: FastifyInstance = Fastify()
  await app.register(corsPlugin, options)
  try {
    app.get('/a', { config: { cors } }, () => 'a')
    return []
  } catch (error) {
    return (error as corsPlugin.InvalidOptionsError).problems.map(({ pointer, inherited }: { pointer: string, inherited?: boolean }) => [pointer, inherited === true])
  }
}

t.test('a problem with a value that a route has not given is inherited, also if a key of the route begins like it', async t => {
  t.strictSame(await problemsOf({ preflightContinue: true }, { preflight: false }), [['/preflightContinue', true]])
  t.strictSame(await problemsOf({ preflight: false }, { preflightContinue: true }), [['/preflightContinue', false]])
})

t.test('a RegExp that matches file:// allows it, and not null', async t => {
  const app = Fastify()
  await app.register(corsPlugin, { origin: [/^(?:file:\/\/|https:\/\/app\.test)$/], dangerously: { nullOrigin: true } })
  for (const [origin, allowed] of [['file://', 'file://'], ['https://app.test', 'https://app.test'], ['null', undefined]] as const) {
    t.equal((await send(app, 'GET', '/a', { origin })).cors['access-control-allow-origin'], allowed, origin)
  }
})
