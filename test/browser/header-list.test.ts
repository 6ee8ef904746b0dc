import t from 'tap'
import { getHeader, getList, valuesOf } from '../../lib/browser/header-list'

t.test('the lines of one name count as one value', async t => {
  const headers = [['A', ' 1 '], ['b', '2'], ['a', '3']] as const
  t.equal(getHeader(headers, 'a'), '1, 3')
  t.equal(getHeader(headers, 'c'), undefined)
  t.same(valuesOf(headers, 'a'), ['1', '3'])
})

t.test('a list is read from all of its lines, and empty items are skipped', async t => {
  t.same(getList([['a', 'x, y,'], ['a', ''], ['A', ' ,z\t']], 'a'), { items: ['x', 'y', 'z'], malformed: undefined })
  t.same(getList([['a', '']], 'a'), { items: [], malformed: undefined })
  t.same(getList([['a', 'x, y z, "q"']], 'a'), { items: ['x', 'y z', '"q"'], malformed: 'y z' })
  t.equal(getList([], 'a'), undefined)
})
