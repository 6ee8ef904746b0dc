import Fastify from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL, OTHER } from '../support/exchange'

const never = async () => await new Promise<never>(() => {})

const deciding: Readonly<Record<string, corsPlugin.CorsOptions>> = {
  'an origin function': { origin: never },
  'a delegator': { origin: [ALLOWED, OTHER], delegator: never }
}

for (const [what, options] of Object.entries(deciding)) {
  t.test(`no origin may read a response that overtakes ${what}, and it has Vary`, async t => {
    const timed = Fastify({ handlerTimeout: 20 })
    await timed.register(corsPlugin, options)
    timed.get('/', () => 'late')
    const early = Fastify()
    early.addHook('onRequest', async (_request, reply) => { setTimeout(() => { reply.code(503).header('access-control-allow-origin', '*').send('early') }, 10) })
    early.register(corsPlugin, options)
    early.get('/', () => 'late')
    for (const app of [timed, early]) {
      for (const origin of [ALLOWED, EVIL]) {
        const { statusCode, headers } = await app.inject({ url: '/', headers: { origin } })
        t.equal(statusCode, 503)
        t.equal(headers.vary, 'Origin')
        t.equal(headers['access-control-allow-origin'], undefined)
      }
    }
  })
}
