import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { Layer } from '../../lib/routing/layer'
import type { Registration } from '../../lib/routing/contexts'
import { isLaid, placeOf, sayPlace } from '../../lib/routing/place'
import { parseOptions } from '../../lib/options/parse'

function place (pluginName: string, prefix = '', paths?: readonly string[]) {
  const instance = { prefix, pluginName } as FastifyInstance // only these properties are read
  const registration = { instance, paths: undefined } as Registration // completed in the next line
  registration.layer = new Layer(registration, parseOptions({ paths }))
  return placeOf(registration)
}

t.test('a context is named after its plugin, if the plugin has a name', async t => {
  const rows: ReadonlyArray<readonly [pluginName: string, plugin: string | null]> = [
    ['admin', 'admin'], ['@scope/plugin', '@scope/plugin'], ['a.b-c_1', 'a.b-c_1'], ['admin -> other', 'admin'],
    ['fastify', null], ['fastify -> admin', null], ['', null], ['async () => app', null], ['app => {}', null]
  ]
  for (const [pluginName, plugin] of rows) t.equal(place(pluginName).plugin, plugin, pluginName)
})

t.test('a registration in a few words', async t => {
  t.equal(sayPlace(place('fastify')), 'the registration of the application')
  t.equal(sayPlace(place('admin')), 'the registration of the plugin admin')
  t.equal(sayPlace(place('fastify', '/v1')), 'the registration under /v1')
  t.equal(sayPlace(place('admin', '/v1', ['/a', '/b/*'])), 'the registration under /v1 of the plugin admin for /a, /b/*')
})

t.test('the options that a route overlays', async t => {
  const rows: ReadonlyArray<readonly [overlay: unknown, whole: boolean, ofOrigin: boolean]> = [
    [undefined, false, false], [true, false, false], [false, true, true], [null, false, false], ['x', false, false],
    [{}, true, false], [{ maxAge: 5 }, true, false], [{ origin: '*' }, true, true], [{ maxAge: undefined }, true, false]
  ]
  for (const [overlay, whole, ofOrigin] of rows) {
    t.equal(isLaid(overlay), whole, JSON.stringify(overlay))
    t.equal(isLaid(overlay, 'origin'), ofOrigin, JSON.stringify(overlay))
  }
})
