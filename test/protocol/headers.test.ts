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
