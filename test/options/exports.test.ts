import t from 'tap'
import corsPlugin from '../..'
import { optionsSchema } from '../../lib/options/schema'

t.test('the plugin, its names and the schema are had in each way of importing', async t => {
  t.equal(corsPlugin.corsPlugin, corsPlugin)
  t.equal(corsPlugin.default, corsPlugin)
  t.equal(corsPlugin.optionsSchema, optionsSchema)
  t.equal(module.require('../..'), corsPlugin)
})
