import Fastify from 'fastify'
import t from 'tap'
import { ALLOWED, OTHER } from '../support/exchange'

// The plugin hears of every application that is created after it was loaded. So this comes before it.
const app = Fastify()
const corsPlugin = require('../..') as typeof import('../..')

const fail = () => { throw new Error('a handler has run') }

t.test('the explanation for an unseen route says what is known about it', async t => {
  app.put('/a', { config: { cors: { origin: OTHER } } }, fail)
  await app.register(corsPlugin, { origin: ALLOWED })
  app.put('/late', { config: { cors: { origin: [ALLOWED, OTHER] } } }, fail)
  await app.ready()
  const explain = (url: string, origin = ALLOWED) => app.cors.explain({ origin, method: 'PUT', url })

  const unseen = await explain('/a')
  t.strictSame([unseen.allowed, unseen.route, unseen.response?.status], [true, null, undefined])
  t.equal(unseen.message, `a page of ${ALLOWED} may send PUT /a and read the answer`)
  t.strictSame(unseen.assumptions, ['the route has no `config.cors`: it was added before fastify-cors-policy was loaded, or in a context that is older, so the plugin could not see one'])

  const late = await explain('/late', OTHER)
  t.strictSame([late.allowed, late.route, late.assumptions], [true, { methods: ['PUT'], url: '/late' }, []])

  const nowhere = await explain('/nothing')
  t.strictSame([nowhere.allowed, nowhere.route, nowhere.response?.status, nowhere.assumptions], [true, null, 404, []])
})

t.test('print says that they are missing', async t => {
  t.equal(app.cors.print(), [
    'the registration of the application (overlaid by config.cors)',
    `  origin: ${ALLOWED}, ${OTHER}`,
    '  credentials: no',
    '  enforce: no',
    '  exposed headers: none',
    '  routes:',
    '    /late (PUT)',
    '',
    '! routes that were added before fastify-cors-policy was loaded, or in a context that is older, are not in this list',
    ''
  ].join('\n'))
})
