import { setImmediate } from 'node:timers/promises'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, OTHER, preflight, send } from '../support/exchange'
import type { Exchange } from '../support/exchange'

type Options = corsPlugin.CorsOptions

/** Where a request waits until the options have been swapped. */
interface Gate {
  readonly arrived: Promise<void>
  open (): void
  wait (): Promise<void>
}

function gate (): Gate {
  let arrive = () => {}
  let open = () => {}
  const arrived = new Promise<void>(resolve => { arrive = resolve })
  const opened = new Promise<void>(resolve => { open = resolve })
  return { arrived, open: () => { open() }, wait () { arrive(); return opened } }
}

type Moment = 'origin function' | 'delegator' | 'earlier hook' | 'later hook' | 'handler' | 'onSend' | 'hijacked'

async function appWith (options: Options, at?: Moment, held = gate()): Promise<FastifyInstance> {
  const app = Fastify()
  const waitAt = async (moment: Moment) => { if (moment === at) await held.wait() }
  app.addHook('onRequest', async () => waitAt('earlier hook'))
  await app.register(corsPlugin, waiting(options, waitAt))
  app.addHook('onRequest', async () => waitAt('later hook'))
  app.addHook('onSend', async () => waitAt('onSend'))
  for (const [url, config] of [['/a', {}], ['/own', { cors: { exposedHeaders: 'x-own' } }], ['/off', { cors: false as const }]] as const) {
    app.route({ method: ['GET', 'PUT'], url, config, handler: async () => { await waitAt('handler'); return 'a' } })
  }
  app.put('/raw', async (_request, reply) => {
    reply.hijack()
    await waitAt('hijacked')
    reply.raw.writeHead(200, { 'content-type': 'text/plain' })
    reply.raw.end('a')
  })
  await app.ready()
  return app
}

/** The same options, with functions that make a request wait. */
function waiting (options: Options, waitAt: (moment: Moment) => Promise<void>): Options {
  const { origin, delegator } = options
  return {
    ...options,
    ...typeof origin === 'function' && { origin: async (...args: Parameters<typeof origin>) => { await waitAt('origin function'); return origin(...args) } },
    ...delegator !== undefined && { delegator: async (...args: Parameters<typeof delegator>) => { await waitAt('delegator'); return delegator(...args) } }
  } as Options // the same ones
}

// Every option that can differ does, so that an answer made from both is noticed.
const before: Options = { origin: origin => origin === ALLOWED, credentials: true, exposedHeaders: ['x-old'], maxAge: 1, allowedHeaders: ['x-old'], methods: ['PUT'], vary: ['x-old'], enforce: 'unsafe' }
const after: Options = { origin: [OTHER], exposedHeaders: ['x-new'], maxAge: 2, allowedHeaders: ['x-new'], methods: ['DELETE'], vary: ['x-new'], optionsSuccessStatus: 200 }
const delegated: Options = { origin: false, delegator: () => ({ origin: [ALLOWED], credentials: true }), exposedHeaders: ['x-old'], vary: ['x-old'], enforce: 'unsafe', maxAge: 1 }

type Send = (app: FastifyInstance, url: string, origin: string) => Promise<Exchange>
const actual: Send = (app, url, origin) => send(app, 'PUT', url, { origin })
const flight: Send = (app, url, origin) => preflight(app, 'PUT', url, { origin, names: 'x-old' })

const moments: ReadonlyArray<readonly [Moment, Send, Options, answeredBy: 'old' | 'new']> = [
  ['origin function', actual, before, 'old'],
  ['origin function', flight, before, 'old'],
  ['delegator', actual, delegated, 'old'],
  ['delegator', flight, delegated, 'old'],
  // An actual request is not decided yet; a preflight has found its target already.
  ['earlier hook', actual, before, 'new'],
  ['earlier hook', flight, before, 'old'],
  ['later hook', actual, before, 'old'],
  ['handler', actual, before, 'old'],
  ['onSend', actual, before, 'old'],
  ['onSend', flight, before, 'old']
]

function shown ({ status, cors, body }: Exchange): object {
  return { status, cors, body }
}

t.test('a request is answered wholly by the old or wholly by the new options', async t => {
  for (const [moment, sent, options, answeredBy] of moments) {
    for (const url of ['/a', '/own', '/off', '/nothing']) {
      for (const origin of [ALLOWED, OTHER]) {
        const it = `${moment}, ${sent === actual ? 'actual' : 'preflight'}, ${url}, ${origin}`
        const expected = shown(await sent(await appWith(answeredBy === 'old' ? options : after), url, origin))
        const held = gate()
        const app = await appWith(options, moment, held)
        const exchange = sent(app, url, origin)
        // Some requests never wait there: a route without CORS calls no function, and a refused request reaches no later hook.
        await Promise.race([held.arrived, exchange])
        app.cors.reconfigure(after)
        held.open()
        t.strictSame(shown(await exchange), expected, it)
        t.strictSame(shown(await sent(app, url, origin)), shown(await sent(await appWith(after), url, origin)), `${it}: the next one`)
      }
    }
  }
})

t.test('a hijacked request is answered wholly by the old or wholly by the new options', async t => {
  const held = gate()
  const app = await appWith(before, 'hijacked', held)
  const exchange = actual(app, '/raw', ALLOWED)
  await held.arrived
  app.cors.reconfigure(after)
  held.open()
  t.strictSame((await exchange).cors, {
    'access-control-allow-origin': ALLOWED,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'x-old',
    vary: 'Origin, x-old'
  })
})

t.test('with many swaps under load, no answer is made from both', async t => {
  const app = await appWith(before)
  const answers = new Set<string>()
  const expected = new Set<string>()
  for (const options of [before, after]) {
    const other = await appWith(options)
    for (const sent of [actual, flight]) expected.add(JSON.stringify(shown(await sent(other, '/own', ALLOWED))))
  }
  const running: Array<Promise<void>> = []
  for (let i = 0; i < 300; i++) {
    for (const sent of [actual, flight]) running.push(sent(app, '/own', ALLOWED).then(exchange => { answers.add(JSON.stringify(shown(exchange))) }))
    app.cors.reconfigure(waiting(i % 2 === 0 ? after : before, async () => {}))
    if (i % 7 === 0) await setImmediate()
  }
  await Promise.all(running)
  t.strictSame([...answers].sort(), [...expected].sort())
})
