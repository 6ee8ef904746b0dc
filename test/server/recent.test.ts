import t from 'tap'
import { isNew } from '../../lib/server/recent'

/** A clock that tests move forward. */
function stopped () {
  const { now } = performance
  let time = 1000
  performance.now = () => time
  t.teardown(() => { performance.now = now })
  return { pass (milliseconds: number) { time += milliseconds } }
}

const clock = stopped()

t.test('a refusal is new once a minute', async t => {
  const seen = new Map<string, number>()
  const rows: ReadonlyArray<readonly [string, number, string, boolean]> = [
    ['the first', 0, 'a', true],
    ['again', 0, 'a', false],
    ['another', 0, 'b', true],
    ['a moment before the minute is over', 60_000, 'a', false],
    ['the minute is over', 1, 'a', true],
    ['and begins anew', 60_000, 'a', false],
    ['for the other one too', 0, 'b', true],
    ['each has its own', 1, 'a', true],
    ['as was said', 0, 'b', false]
  ]
  for (const [it, passed, key, expected] of rows) {
    clock.pass(passed)
    t.equal(isNew(seen, key), expected, it)
  }
})

t.test('when the table is full, nothing is new until an entry expires', async t => {
  const seen = new Map<string, number>()
  const news = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => isNew(seen, `${prefix}${i}`)).filter(Boolean).length
  t.equal(news('a', 150), 150)
  clock.pass(30_000)
  t.equal(news('b', 10_000), 50, 'there is room for 200')
  clock.pass(30_000)
  t.equal(news('c', 10_000), 0)
  clock.pass(1)
  t.equal(news('d', 10_000), 150, 'the first ones have left')
  clock.pass(30_000)
  t.equal(news('e', 10_000), 50)
  clock.pass(60_001)
  t.equal(news('f', 10_000), 200)
})
