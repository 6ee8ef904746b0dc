import fc from 'fast-check'
import t from 'tap'
import { mergeVary, splitList, varyValue } from '../../lib/protocol/vary'

t.test('names are joined, each once, in the case of its first occurrence', async t => {
  t.equal(varyValue([]), undefined)
  t.equal(varyValue(['Origin']), 'Origin')
  t.equal(varyValue(['Origin', 'Accept', 'origin', 'ACCEPT']), 'Origin, Accept')
})

t.test('names are merged into an existing Vary', async t => {
  const cases: [unknown, string, string][] = [
    [undefined, 'Origin', 'Origin'], ['', 'Origin', 'Origin'], ['Origin', 'Origin', 'Origin'], ['origin', 'Origin', 'origin'],
    ['Accept', 'Origin', 'Accept, Origin'], ['Accept,Cookie', 'Origin', 'Accept, Cookie, Origin'], [' , ,', 'Origin', 'Origin'],
    [['Accept', 'Cookie'], 'Origin', 'Accept, Cookie, Origin'], [['Accept, Cookie', 'origin'], 'Origin', 'Accept, Cookie, origin'], [[], 'Origin', 'Origin'],
    ['*', 'Origin', '*'], ['Accept, *', 'Origin', '*'], [['*'], 'Origin', '*'], ['X-*', 'Origin', 'X-*, Origin'],
    ['Accept', 'Origin, accept, X-Tenant', 'Accept, Origin, X-Tenant'], ['X-Origin', 'Origin', 'X-Origin, Origin'], ['Accept, Accept', 'Origin', 'Accept, Origin'],
    [42, 'Origin', '42, Origin'], [' , ', '', '']
  ]
  for (const [existing, added, merged] of cases) t.equal(mergeVary(existing, added), merged, `${JSON.stringify(existing)} and ${added}`)
})

t.test('a comma-separated list is split into its items', async t => {
  t.same(splitList(''), [])
  t.same(splitList(' , a ,,b\t,'), ['a', 'b'])
})

t.test('merging loses no name, repeats no name, and changes nothing the second time', async t => {
  const name = fc.constantFrom('Origin', 'origin', 'Accept', 'ACCEPT', 'Cookie', 'X-A', 'x-a', '*')
  const value = fc.array(name, { maxLength: 6 }).map(names => names.join(', '))
  fc.assert(fc.property(value, fc.array(fc.constantFrom('Origin', 'X-Tenant', 'accept'), { minLength: 1 }), (existing, names) => {
    const added = names.join(', ')
    const merged = mergeVary(existing, added)
    if (merged === '*') return splitList(existing).includes('*')
    const lower = splitList(merged).map(name => name.toLowerCase())
    const wanted = [...splitList(existing), ...names].map(name => name.toLowerCase())
    // A value that did not need merging is left as it was.
    const isOnce = existing === '' || existing === added || new Set(lower).size === lower.length
    return isOnce && wanted.every(name => lower.includes(name)) && mergeVary(merged, added) === merged
  }), { numRuns: 3000 })
})
