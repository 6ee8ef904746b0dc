import t from 'tap'
import corsPlugin from '../..'

t.test('each of its names is the plugin, in each way of importing', async t => {
  t.equal(corsPlugin.corsPlugin, corsPlugin)
  t.equal(corsPlugin.default, corsPlugin)
  t.equal(module.require('../..'), corsPlugin)
})
