import t from 'tap'
import * as headers from '../../lib/protocol/headers'

const rows = {
  isForbiddenRequestHeader: { yes: ['Cookie', 'DNT', 'proxy-x', 'Sec-Own', 'access-control-request-private-network', 'Origin'], no: ['Authorization', 'User-Agent', 'Secure', 'Proxy'] },
  isForbiddenResponseHeader: { yes: ['Set-Cookie', 'set-cookie2'], no: ['Cookie', 'ETag'] },
  isCorsResponseHeader: { yes: ['Access-Control-Allow-Origin', 'access-control-allow-private-network', 'Access-Control-Expose-Headers', 'Access-Control-Max-Age'], no: ['Origin', 'Access-Control-Request-Method', 'Allow'] },
  isCorsRequestHeader: { yes: ['origin', 'Access-Control-Request-Method', 'Access-Control-Request-Headers'], no: ['Access-Control-Allow-Origin', 'Referer'] },
  isPreflightOnlyHeader: { yes: ['Access-Control-Allow-Methods', 'access-control-allow-headers', 'Access-Control-Max-Age'], no: ['Access-Control-Allow-Origin', 'Access-Control-Expose-Headers'] },
}

t.test('each name of a header is in the lists where the standard has it, in any case of letters', async t => {
  for (const [name, { yes, no }] of Object.entries(rows)) {
    const predicate = headers[name as keyof typeof rows]
    for (const header of yes) t.equal(predicate(header), true, `${name} ${header}`)
    for (const header of no) t.equal(predicate(header), false, `${name} ${header}`)
  }
})

t.test('every name that the standard forbids in requests', async t => {
  const names = [
    'Accept-Charset', 'Accept-Encoding', 'Access-Control-Request-Headers', 'Access-Control-Request-Method', 'Connection', 'Content-Length',
    'Cookie', 'Cookie2', 'Date', 'DNT', 'Expect', 'Host', 'Keep-Alive', 'Origin', 'Referer', 'Set-Cookie', 'TE', 'Trailer', 'Transfer-Encoding',
    'Upgrade', 'Via', 'Proxy-', 'Sec-'
  ]
  for (const name of names) t.equal(headers.isForbiddenRequestHeader(name), true, name)
  for (const name of names) t.equal(headers.isForbiddenRequestHeader(`X-${name}`), false, `X-${name}`)
})

t.test("HTTP's blanks are taken from both ends of a value, and nothing else", async t => {
  for (const blank of ['\t', '\n', '\r', ' ', ' \t\r\n ']) {
    t.equal(headers.trimWhitespace(`${blank}a${blank}b${blank}`), `a${blank}b`, JSON.stringify(blank))
    t.equal(headers.trimWhitespace(blank), '', JSON.stringify(blank))
  }
  for (const other of ['\v', '\f', '\0', '\x7f', '\u00a0', '\ufeff']) t.equal(headers.trimWhitespace(`${other}a${other}`), `${other}a${other}`, JSON.stringify(other))
  t.equal(headers.trimWhitespace(''), '')
})
