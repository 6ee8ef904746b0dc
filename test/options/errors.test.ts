import t from 'tap'
import corsPlugin from '../..'
import { problemCodes } from '../../lib/options/texts'
import { closest } from '../../lib/options/correct'
import { parseOptions, parseOverlay } from '../../lib/options/parse'
import { problemsOf } from './problems-of'
import { properties } from './properties'

t.test('one error lists every problem with place, reason and remedy', async t => {
  t.throws(() => parseOptions({ origin: ['https://a.test:443'], maxAge: '5' }), {
    name: 'FastifyError',
    code: 'FST_CORS_INVALID_OPTIONS',
    statusCode: 500,
    message: /: 2 problems\n {2}1\. FST_CORS_ORIGIN_DEFAULT_PORT at \/origin\/0: .*\n {2}2\. FST_CORS_WRONG_TYPE at \/maxAge: /
  })
})

t.test('a problem that no escape lifts names none', async t => {
  t.strictSame(problemsOf({ maxAge: -1 }).map(problem => Object.hasOwn(problem, 'escape')), [false])
  t.strictSame(problemsOf({ origin: 'null' }).map(problem => problem.escape), ['nullOrigin'])
})

t.test('the message counts the problems, and has each in a line', async t => {
  const wrong = 'it must be true or false. Write true or false, or leave it out.'
  const first = `FST_CORS_WRONG_TYPE at /credentials: the value is 1; ${wrong}`
  const second = `FST_CORS_WRONG_TYPE at /preflight: the value is 2; ${wrong}`
  t.throws(() => parseOptions({ credentials: 1 }), { message: `The configuration of fastify-cors-policy: 1 problem\n  1. ${first}` })
  t.throws(() => parseOptions({ credentials: 1, preflight: 2 }), { message: `The configuration of fastify-cors-policy: 2 problems\n  1. ${first}\n  2. ${second}` })
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

t.test('a percent sign in a value is not a format specifier', async t => {
  t.throws(() => parseOptions({ origin: 'https://%s.test' }), { message: /'https:\/\/%s\.test'/ })
})

t.test('the schema documents each option, with the defaults that hold without options', async t => {
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

t.test('options are checked without registering', async t => {
  t.same(corsPlugin.check({ origin: 'https://a.test' }), [])
  t.same(corsPlugin.check(undefined), [])
  t.match(corsPlugin.check({ origin: 'a.test', maxAge: -1 }), [{ code: 'FST_CORS_ORIGIN_SCHEME', pointer: '/origin' }, { code: 'FST_CORS_MAX_AGE', pointer: '/maxAge' }])
  t.throws(() => corsPlugin.check({ get origin () { throw new Error('a getter') } }), { message: 'a getter' })
  t.match(corsPlugin.check(null), [{ code: 'FST_CORS_WRONG_TYPE', pointer: '' }])
})
