import type { FastifyInstance } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, EVIL } from '../support/exchange'
import { type Options, type Row, explain, fail, outline, ready } from './outline'

const APPLICATION = 'the registration of the application'
const UNKNOWN = 'an OPTIONS route of the application answers the preflight, and its answer is unknown until it runs'
const WELL = 'the OPTIONS route of the application answers the preflight with a status from 200 to 299'

function withOwn (options: Options, cors?: object) {
  return async (app: FastifyInstance) => {
    await app.register(corsPlugin, options)
    app.options('/a', fail)
    app.put('/a', { config: { ...cors !== undefined && { cors } } }, fail)
  }
}

async function ungoverned (app: FastifyInstance): Promise<void> {
  await app.register(async child => { await child.register(corsPlugin, {}) }, { prefix: '/v1' })
  app.options('/a', fail)
  app.put('/a', fail)
}

/** What OPTIONS routes of the application's own leave to say. */
const rows: readonly Row[] = [
  { it: 'the plugin answers before them', app: withOwn({}), is: { allowed: true, where: APPLICATION, preflight: 204, status: 'handler' } },
  { it: 'with a status of its own', app: withOwn({ optionsSuccessStatus: 200 }), is: { allowed: true, where: APPLICATION, preflight: 200, status: 'handler' } },
  { it: 'preflight: false leaves all to them', app: withOwn({ preflight: false }), is: { allowed: undefined, where: APPLICATION, preflight: 'handler', status: null } },
  { it: 'for one route too', app: withOwn({}, { preflight: false }), is: { allowed: undefined, where: 'config.cors of PUT /a', preflight: 'handler', status: null } },
  { it: 'and where nobody governs', app: ungoverned, is: { allowed: undefined, where: null, preflight: 'handler', status: null } },
  { it: 'preflightContinue lets them say the status', app: withOwn({ preflightContinue: true }), is: { allowed: true, where: APPLICATION, preflight: 'handler', status: 'handler', assumptions: [WELL] } },
  {
    it: 'and nothing where the plugin refuses',
    app: withOwn({ origin: ALLOWED, preflightContinue: true }),
    ask: { origin: EVIL },
    is: { allowed: false, code: 'PreflightMissingAllowOriginHeader', fix: `if its pages may read this, add '${EVIL}' to \`origin\` in ${APPLICATION}`, where: APPLICATION, preflight: 403, status: null }
  }
]

for (const { it, app: setUp, ask, is } of rows) {
  t.test(it, async t => { t.strictSame(outline(await explain(await ready(setUp), { method: 'PUT', ...ask })), is) })
}

t.test('the verdict and the step say that the answer is unknown, and nothing is made up', async t => {
  const { message, steps, preflight, fix, code } = await explain(await ready(withOwn({ preflight: false })), { method: 'PUT' })
  t.equal(message, UNKNOWN)
  t.strictSame(steps.map(({ step, outcome }) => [step, outcome]), [
    ['whether the request is cross-origin', `yes: it is sent with Origin: ${ALLOWED}`],
    ['whether it needs a preflight', 'yes: the method PUT is not safelisted'],
    ['the preflight', UNKNOWN]
  ])
  t.strictSame(preflight.response, { headers: {} })
  t.strictSame([preflight.maxAge, fix, code], [undefined, undefined, undefined])
})

t.test('the headers that the plugin sets for them are explained', async t => {
  const { preflight } = await explain(await ready(withOwn({ preflightContinue: true, maxAge: 60 })), { method: 'PUT' })
  t.strictSame(preflight.response, {
    headers: {
      'access-control-allow-origin': '*',
      'access-control-max-age': '60',
      'access-control-allow-methods': 'GET, HEAD, POST, OPTIONS, PUT',
      'access-control-allow-headers': '*, Authorization, Content-Type'
    }
  })
})
