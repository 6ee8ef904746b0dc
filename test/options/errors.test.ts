import t from 'tap'
import { problemCodes } from '../../lib/options/problems'
import { properties } from '../../lib/options/schema'
import { closest } from '../../lib/options/suggest'
import { parseOptions, parseOverlay } from '../../lib/options/validate'

t.test('one error lists every problem with place, reason and remedy', async t => {
  t.throws(() => parseOptions({ origin: ['https://a.test:443'], maxAge: '5' }), {
    name: 'FastifyError',
    code: 'FST_CORS_INVALID_OPTIONS',
    statusCode: 500,
    message: /: 2 problems\n {2}1\. FST_CORS_ORIGIN_DEFAULT_PORT at \/origin\/0: .*\n {2}2\. FST_CORS_WRONG_TYPE at \/maxAge: /
  })
})

t.test('the message names the escape and whose options they are', async t => {
  t.throws(() => parseOptions({ origin: 'null' }), { message: /, or set dangerously\.nullOrigin: true\.$/ })
  t.throws(() => parseOverlay(parseOptions({}), { maxAge: -1 }, 'config.cors of PUT /users/:id', 'route'), {
    message: /^config\.cors of PUT \/users\/:id/
  })
  t.throws(() => parseOverlay(parseOptions({}), { credentials: true }, 'config.cors', 'route'), {
    message: /at \/origin of the options that these are laid over:/
  })
})

t.test('a percent sign in a value is no format', async t => {
  t.throws(() => parseOptions({ origin: 'https://%s.test' }), { message: /'https:\/\/%s\.test'/ })
})

t.test('the schema documents each option, with defaults that are what no options mean', async t => {
  const given = Object.entries(properties).flatMap(([key, schema]) => schema.default === undefined ? [] : [[key, schema.default]])
  t.same(parseOptions(Object.fromEntries(given)), parseOptions({}))
  for (const [key, schema] of Object.entries(properties)) {
    t.match(schema, { description: /\.$/, expects: String }, key)
  }
  t.equal(new Set(problemCodes).size, problemCodes.length)
})

t.test('the closest key, if one is close', async t => {
  const known = ['origin', 'credentials', 'maxAge']
  t.equal(closest('Origins', known), 'origin')
  t.equal(closest('credental', known), 'credentials')
  t.equal(closest('max_age', known), 'maxAge')
  t.equal(closest('timeout', known), undefined)
  t.equal(closest('', known), undefined)
})
