import t from 'tap'
import corsPlugin from '../..'

t.test('the plugin is had by each of its names, in each way of importing', async t => {
  t.equal(corsPlugin.corsPlugin, corsPlugin)
  t.equal(corsPlugin.default, corsPlugin)
  t.equal(module.require('../..'), corsPlugin)
})
