import fc from 'fast-check'
import t from 'tap'
import { getHeader, getList, valuesOf } from '../../lib/browser/header-list'
import { trimWhitespace } from '../../lib/protocol/headers'

t.test('lines of one name are one value', async t => {
  const headers = [['A', ' 1 '], ['b', '2'], ['a', '3']] as const
  t.equal(getHeader(headers, 'a'), '1, 3')
  t.equal(getHeader(headers, 'c'), undefined)
  t.same(valuesOf(headers, 'a'), ['1', '3'])
})

t.test('a list is read from all its lines, without empty items', async t => {
  t.same(getList([['a', 'x, y,'], ['a', ''], ['A', ' ,z\t']], 'a'), { items: ['x', 'y', 'z'], malformed: undefined })
  t.same(getList([['a', '']], 'a'), { items: [], malformed: undefined })
  t.same(getList([['a', 'x, y z, "q"']], 'a'), { items: ['x', 'y z', '"q"'], malformed: 'y z' })
  t.equal(getList([], 'a'), undefined)
})

t.test('blanks are those of HTTP', async t => {
  t.equal(trimWhitespace('\t\r\n a b \t'), 'a b')
  t.equal(trimWhitespace('\xa0a\x0b'), '\xa0a\x0b')
  t.equal(trimWhitespace(' \t'), '')
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom(' ', '\t', '\r', '\n', '\v', '\xa0', 'a') }), value =>
    trimWhitespace(value) === value.replace(/^[\t\n\r ]+/, '').replace(/[\t\n\r ]+$/, '')))
})
