import type { FastifyRequest } from 'fastify'
import t from 'tap'
import { excerpt, isOwnBehindProxy, pathOf } from '../../lib/server/request'

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

t.test('whether a request may be the own site\'s, behind a proxy that is not trusted', async t => {
  const rows: ReadonlyArray<readonly [headers: Readonly<Record<string, string>>, own: boolean]> = [
    [{ origin: 'https://api.test' }, true],
    [{ origin: 'http://api.test' }, false],
    [{ origin: 'https://site.test' }, false],
    [{ origin: 'https://site.test', 'x-forwarded-host': 'site.test' }, true],
    [{ origin: 'https://site.test', 'x-forwarded-host': 'SITE.test:443' }, true],
    [{ origin: 'https://site.test', 'x-forwarded-host': 'site.test:80' }, false],
    [{ origin: 'https://site.test:8443', 'x-forwarded-host': 'site.test:8443' }, true],
    [{ origin: 'https://api.test', 'x-forwarded-host': 'site.test' }, false],
    // With Sec-Fetch-Site there is nothing to guess.
    [{ origin: 'https://api.test', 'sec-fetch-site': 'same-site' }, false]
  ]
  for (const [headers, own] of rows) {
    const request = { headers, host: 'api.test' } as unknown as FastifyRequest // nobody looks at more of it here
    t.equal(isOwnBehindProxy(request), own, JSON.stringify(headers))
  }
})
