import { runInNewContext } from 'node:vm'
import Fastify from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { callsSecondParameter } from '../../lib/options/callbacks'
import { problemsOf } from './problems-of'

/** Functions as a program has them: the sources are not those of a compiler of the tests. */
function fn (source: string): object {
  return runInNewContext(source) as object // each source is an expression of one
}

const callbacks = [
  '(origin, cb) => { cb(null, true) }',
  '(origin, callback) => callback(null, true)',
  'async (o, c) => c (null, o)',
  '(function (origin, callback) { if (!origin) return callback(null, true); callback(new Error("no")) })',
  '(async function check (origin, done) { done.call(null, true) })',
  '({ origin (origin, cb) { return cb(null, true) } }).origin',
  '({ async origin (origin, cb) { return cb?.(null, true) } }).origin',
  "({ 'a-b' (origin, cb) { cb(null, true) } })['a-b']",
  '(o,$)=>{$(null,!0)}',
  '(function(e,t){return t(null,!e||n.includes(e))})',
  '(e,t)=>{!e||/^https:\\/\\//.test(e)?t(null,!0):t(Error("x"))}',
  '({ host } = {}, done) => { done(null, true) }',
  "([a, b] = f(1, 2), done = ')') => { done(null, true) }",
  "(origin, cb) => { log('don\\'t'); cb(null, true) }",
  '(origin, cb) => {\n  // who: a.test\n  const re = /[/"]/\n  find(origin).then(ok => cb(null, ok), cb)\n}',
  '(origin /* , x */, cb) => { cb.apply(undefined, [null, true]) }',
  '(origin, request, reply) => { reply(null, true) }',
  '(...args) => { args[1](null, true) }',
  '(origin, ...rest) => rest[0](null, true)',
  '(function () { arguments[1](null, true) })',
  '(function (origin) { arguments[1].call(null, null, true) })',
  '(origin, cb) => { setImmediate(cb, null, true) }',
  '(origin, callback) => { find(origin).then(callback) }',
  '(origin, done) => { const end = done; end(null, true) }',
]

const others = [
  '(origin) => list.includes(origin)',
  'origin => check(origin, true)',
  'async origin => check(origin)',
  '(origin, request) => request.headers.host === origin',
  "(origin, request) => { log('bad request (twice)'); return true }",
  '(origin, request) => { /* request(…) */ return true // request(…)\n }',
  '(origin, request) => `$' + '{origin} request(…)` === request.id',
  '(origin, request) => app.request(origin) && myrequest(request) && $request(1)',
  '(origin, { headers }) => headers.get(origin)',
  '(origin, ...rest) => rest(1)',
  '() => check()',
  '(function () { return true })',
  '(function (a, b) {}).bind(null)',
  '(origin, request) => check(origin, request)',
  '(origin, cb) => list.includes(origin)',
  '(origin, request) => check({ cb: request.cb })',
  '(origin, next) => check({ next: true })',
  '(...args) => args[0] === args[1].headers.origin && args[0](1)',
  '(function (origin) { return check(origin, arguments[1]) })',
  '(origin) => arguments[1](null, true)',
]

t.test('a function that calls its second parameter is told from others', async t => {
  for (const source of callbacks) t.equal(callsSecondParameter(fn(source)), true, source)
  for (const source of others) t.equal(callsSecondParameter(fn(source)), false, source)
})

t.test('callbacks are refused at boot', async t => {
  for (const source of callbacks) t.match(problemsOf({ origin: fn(source) }), [{ code: 'FST_CORS_ORIGIN_CALLBACK', pointer: '/origin' }])
  for (const source of others) t.same(problemsOf({ origin: fn(source) }), [])
  t.match(problemsOf({ delegator: fn('(req, cb) => cb(null, {})') }), [{ code: 'FST_CORS_DELEGATOR_CALLBACK', pointer: '/delegator' }])
  t.match(problemsOf({ delegator: fn('(function () { arguments[1](null, {}) })') }), [{ code: 'FST_CORS_DELEGATOR_CALLBACK', pointer: '/delegator' }])
  t.same(problemsOf({ delegator: fn('(request) => ({})') }), [])
})

t.test('a plugin that is called, or used as a middleware, says how it is registered', async t => {
  const call = corsPlugin as unknown as (...args: unknown[]) => unknown // as those do who know Express
  const error = { code: 'FST_CORS_CALLED', message: /app\.register\(corsPlugin, / }
  t.throws(() => call(), error)
  t.throws(() => call({ origin: '*' }), error)
  t.throws(() => call({ method: 'GET', headers: {} }, {}, () => {}), error)
  t.throws(() => Fastify().register(call({ origin: 'https://a.test' }) as never), error)
})

t.test('what an unset variable leaves is refused', async t => {
  const unset = (pointer: string) => [{ code: 'FST_CORS_ORIGIN_UNSET', pointer, why: /environment variable/ }]
  for (const origin of [undefined, '', ' ', 'undefined', 'https://undefined', 'http://undefined:3000', 'http://localhost:undefined']) t.match(problemsOf({ origin }), unset('/origin'), String(origin))
  t.match(problemsOf({ origin: ['https://a.test', undefined] }), unset('/origin/1'))
  t.match(problemsOf({ origin: ['', 'https://a.test'] }), unset('/origin/0'))
  t.same(problemsOf({ origin: ['https://undefined.test', 'https://a.undefined.test'] }), [])
  t.match(problemsOf({ origin: null }), [{ code: 'FST_CORS_WRONG_TYPE', pointer: '/origin' }])
  t.match(problemsOf({ origin: [] }), [{ instead: /^false/ }])
})
