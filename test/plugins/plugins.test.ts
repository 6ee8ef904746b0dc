import t from 'tap'
import { besides } from './besides'
import { readTable, table, updateTable } from './table'
import { checkTogether } from './together'

for (const { name, orders, places, check, once = {} } of besides) {
  t.test(name, async t => {
    for (const order of orders) {
      for (const place of places) {
        await t.test(`registered ${order} this one, ${place === 'root' ? 'at the root' : 'in a context'}`, t => check(t, { order, place }))
      }
    }
    for (const [what, check] of Object.entries(once)) await t.test(what, check)
  })
}

t.test('many plugins in one application', checkTogether)

// test/docs.test.ts checks that it is the one that would be written.
if (process.env.UPDATE_DOCS === '1') {
  t.test('the table of the documentation is written by a run in which all has passed', async t => {
    if (t.parent?.passing() !== true) return t.fail('the table is as it was')
    updateTable()
    t.equal(readTable(), table())
  })
}
