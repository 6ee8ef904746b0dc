import t from 'tap'
import { excerpt, pathOf } from '../../lib/server/request'

t.test('the excerpt of a request that a log line has', async t => {
  const rows: ReadonlyArray<readonly [text: string | undefined, shown: string]> = [
    [undefined, ''], ['https://a.test', 'https://a.test'], ['a~ …', 'a~ \ufffd'], ['\x1b[31mred', '\ufffd[31mred'], ['\n\xe4\x7f', '\ufffd\ufffd\ufffd'],
    ['a'.repeat(256), 'a'.repeat(256)], ['a'.repeat(257), `${'a'.repeat(256)}...`]
  ]
  for (const [text, shown] of rows) t.equal(excerpt(text), shown)
})

t.test('the path of a URL is shown, and the query is not', async t => {
  for (const url of ['/a', '/a?token=1', '/a#b', '/a?b#c', '/a#b?c']) t.equal(pathOf(url), '/a', url)
  t.equal(pathOf('?a'), '')
})
