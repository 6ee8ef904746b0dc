import fc from 'fast-check'
import t from 'tap'
import * as headers from '../../lib/protocol/headers'

const rows = {
  isForbiddenRequestHeader: { yes: ['Cookie', 'DNT', 'proxy-x', 'Sec-Own', 'access-control-request-private-network', 'Origin'], no: ['Authorization', 'User-Agent', 'Secure', 'Proxy'] },
  isForbiddenResponseHeader: { yes: ['Set-Cookie', 'set-cookie2'], no: ['Cookie', 'ETag'] },
  isCorsResponseHeader: { yes: ['Access-Control-Allow-Origin', 'access-control-allow-private-network', 'Access-Control-Expose-Headers', 'Access-Control-Max-Age'], no: ['Origin', 'Access-Control-Request-Method', 'Allow'] },
  isCorsRequestHeader: { yes: ['origin', 'Access-Control-Request-Method', 'Access-Control-Request-Headers'], no: ['Access-Control-Allow-Origin', 'Referer'] },
  isPreflightOnlyHeader: { yes: ['Access-Control-Allow-Methods', 'access-control-allow-headers', 'Access-Control-Max-Age'], no: ['Access-Control-Allow-Origin', 'Access-Control-Expose-Headers'] },
}

t.test('each header name is in the lists that the standard has it in, in upper and lower case', async t => {
  for (const [name, { yes, no }] of Object.entries(rows)) {
    const predicate = headers[name as keyof typeof rows]
    for (const header of yes) t.equal(predicate(header), true, `${name} ${header}`)
    for (const header of no) t.equal(predicate(header), false, `${name} ${header}`)
  }
})

t.test('every request header that the standard forbids is forbidden', async t => {
  const names = [
    'Accept-Charset', 'Accept-Encoding', 'Access-Control-Request-Headers', 'Access-Control-Request-Method', 'Connection', 'Content-Length',
    'Cookie', 'Cookie2', 'Date', 'DNT', 'Expect', 'Host', 'Keep-Alive', 'Origin', 'Referer', 'Set-Cookie', 'TE', 'Trailer', 'Transfer-Encoding',
    'Upgrade', 'Via', 'Proxy-', 'Sec-'
  ]
  for (const name of names) t.equal(headers.isForbiddenRequestHeader(name), true, name)
  for (const name of names) t.equal(headers.isForbiddenRequestHeader(`X-${name}`), false, `X-${name}`)
})

t.test('HTTP whitespace is trimmed from both ends of a value, and no other character', async t => {
  for (const space of ['\t', '\n', '\r', ' ', ' \t\r\n ']) {
    t.equal(headers.trimWhitespace(`${space}a${space}b${space}`), `a${space}b`, JSON.stringify(space))
    t.equal(headers.trimWhitespace(space), '', JSON.stringify(space))
  }
  for (const other of ['\v', '\f', '\0', '\x7f', '\u00a0', '\ufeff']) t.equal(headers.trimWhitespace(`${other}a${other}`), `${other}a${other}`, JSON.stringify(other))
  t.equal(headers.trimWhitespace(''), '')
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom(' ', '\t', '\r', '\n', '\v', '\xa0', 'a') }), value =>
    headers.trimWhitespace(value) === value.replace(/^[\t\n\r ]+/, '').replace(/[\t\n\r ]+$/, '')))
})

t.test('a safelisted Content-Type is recognised in any case, with whitespace and parameters', async t => {
  for (const type of ['text/plain', 'TEXT/Plain', ' text/plain ', 'text/plain;charset=utf-8', 'text/plain ; charset="x;y"', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded']) {
    t.equal(headers.isSafelistedContentType(type), true, type)
  }
})

t.test('no other Content-Type is safelisted', async t => {
  for (const type of ['', ';', 'application/json', 'text/plainx', 'text/html', 'text', 'text/plain, application/json', 'application/json; text/plain', 'x; text/plain', 'text /plain']) {
    t.equal(headers.isSafelistedContentType(type), false, type)
  }
})

t.test('any header: the requested names are repeated only if they are tokens', async t => {
  t.equal(headers.anyHeaderAnd('x-a,x-b'), `${headers.ANY_HEADER}, x-a, x-b`)
  for (let i = 0; i < 300; i++) t.equal(headers.anyHeaderAnd(`x-${i % 150}`), `${headers.ANY_HEADER}, x-${i % 150}`)
  for (const hostile of ['x\x01', 'x\r\nset-cookie: a=b', '\u2028', 'x-m\u00fc', 'x y']) t.equal(headers.anyHeaderAnd(hostile), headers.ANY_HEADER)
})
