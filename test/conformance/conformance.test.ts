import t from 'tap'
import type { Test } from 'tap'
import { rows } from './rows'
import type { Row } from './rows'
import { answerIn, settings } from './settings'
import type { Answer, Setting } from './settings'

for (const setting of settings) {
  t.test(setting.name, async t => {
    for (const row of rows) {
      const reason = row.except?.[setting.name]
      if (reason !== undefined) {
        t.pass(`${row.it}: not here, because ${reason}`)
        continue
      }
      check(t, row, setting, await answerIn(setting, row))
    }
  })
}

t.test('no two rows have the same name', async t => {
  t.same(rows.map(({ it }) => it), [...new Set(rows.map(({ it }) => it))])
})

/** One assertion for a row where that is enough: with a subtest for each, this file took nearly twice as long. */
function check (t: Test, row: Row, { prefix }: Setting, { status, headers, body }: Answer): void {
  const also = Object.fromEntries(Object.keys(row.also ?? {}).map(name => [name, headers[name]]))
  t.same({ status, cors: corsHeaders(headers), also }, { status: row.status, cors: row.headers, also: row.also ?? {} }, row.it)
  if (row.body !== undefined) t.equal(body, row.body, row.it)
  if (row.error !== undefined) t.match(JSON.parse(body), { ...row.error, statusCode: row.status, message: row.error.message.replace('/item', `${prefix}/item`) }, row.it)
}

function corsHeaders (headers: Answer['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name === 'vary' || name.startsWith('access-control-')))
}
