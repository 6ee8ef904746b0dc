import t from 'tap'
import { Layer } from '../../lib/routing/layer'
import type { Registration } from '../../lib/routing/contexts'
import { parseOptions } from '../../lib/options/parse'

const APP = 'https://app.test'

function layerOf (options: object) {
  return new Layer({} as Registration, parseOptions(options)) // it is only handed on
}

t.test('overlays with the same options share a policy', async t => {
  const decide = () => true
  const other = () => true
  const rows: ReadonlyArray<readonly [it: string, a: unknown, b: unknown, same: boolean]> = [
    ['nothing, and true', undefined, true, true],
    ['false', false, false, true],
    ['false, and no origin', false, { origin: false }, false],
    ['nothing, and an empty object', undefined, {}, false],
    ['two objects', { maxAge: 1 }, { maxAge: 1 }, true],
    ['keys in another order', { maxAge: 1, origin: APP }, { origin: APP, maxAge: 1 }, true],
    ['another value', { maxAge: 1 }, { maxAge: 2 }, false],
    ['another key', { maxAge: 1 }, { optionsSuccessStatus: 200 }, false],
    ['one function', { origin: decide }, { origin: decide }, true],
    ['two functions', { origin: decide }, { origin: other }, false],
    ['one RegExp, written twice', { origin: /^https:\/\/a\.test$/ }, { origin: /^https:\/\/a\.test$/ }, true],
    ['two RegExps', { origin: /^https:\/\/a\.test$/ }, { origin: /^https:\/\/b\.test$/ }, false],
    ['two functions of the same name', { origin: () => true }, { origin: () => true }, false],
    ['two RegExps with other flags', { origin: /^https:\/\/[^A-Z]\.test$/ }, { origin: /^https:\/\/[^A-Z]\.test$/i }, false],
    ['a list, and a text', { methods: ['PUT'] }, { methods: 'PUT' }, false]
  ]
  for (const [it, a, b, same] of rows) {
    const layer = layerOf({ origin: [APP] })
    t.equal(layer.with(a).policy === layer.with(b).policy, same, it)
    t.equal(layer.with(a), layer.with(a), it)
  }
})

t.test('an overlay is laid over the options, and checked with them', async t => {
  const layer = layerOf({ origin: [APP], credentials: true, maxAge: 5 })
  t.equal(layer.with(undefined), layer.plain)
  t.equal(layer.with(false), layer.off)
  t.match(layer.with({ maxAge: 1 }).policy.settings, { credentials: true, maxAge: 1 })
  for (let i = 0; i < 2; i++) {
    t.throws(() => layer.with({ exposedHeaders: '*' }, () => 'config.cors of GET /a'), { code: 'FST_CORS_INVALID_OPTIONS', message: /^config\.cors of GET \/a/ })
    t.throws(() => layer.with({ exposedHeaders: '*' }), { code: 'FST_CORS_INVALID_OPTIONS', message: /^config\.cors/ })
  }
})

t.test('each object that a delegator returns is read once', async t => {
  const layer = layerOf({ origin: [APP], maxAge: 5 })
  const delegated = (result: unknown) => layer.forResult(result)
  const result = { maxAge: 1 }
  t.equal(delegated(result), delegated(result))
  t.not(delegated(result), delegated({ maxAge: 1 }))
  t.equal(delegated(result).settings.maxAge, 1)
  for (const nonsense of [undefined, null, true, 'x', 1, [], { maxAge: -1 }]) t.throws(() => delegated(nonsense), { code: 'FST_CORS_INVALID_OPTIONS', message: /^the options that the delegator returned/ })
})
