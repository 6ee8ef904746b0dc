import t from 'tap'
import { excerpt, pathOf } from '../../lib/server/excerpt'

t.test('what a log repeats of a request', async t => {
  const rows: ReadonlyArray<readonly [text: string | undefined, shown: string]> = [
    [undefined, ''], ['https://a.test', 'https://a.test'], ['a~ …', 'a~ …'], ['\x1b[31mred', '\ufffd[31mred'], ['\n\xe4\x7f', '\ufffd\ufffd\ufffd'],
    ['a'.repeat(256), 'a'.repeat(256)], ['a'.repeat(257), `${'a'.repeat(256)}…`]
  ]
  for (const [text, shown] of rows) t.equal(excerpt(text), shown)
})

t.test('the path of a URL is shown, and what may be secret is not', async t => {
  for (const url of ['/a', '/a?token=1', '/a#b', '/a?b#c', '/a#b?c']) t.equal(pathOf(url), '/a', url)
  t.equal(pathOf('?a'), '')
})
