import t from 'tap'
import { browsers } from '../../lib/browser/engines'
import { preflightReasons, preflightRequest, sayReason } from '../../lib/browser/preflight'
import { type PageInit, createRequest } from '../../lib/browser/request'

const page = (init: Partial<PageInit> = {}) => createRequest({ origin: 'https://app.test', url: 'https://api.test/x', ...init })
const why = (init: Partial<PageInit>) => preflightReasons(page(init), browsers.standard).map(sayReason)

t.test('which requests are preflighted, and why', async t => {
  const cases: [string, Partial<PageInit>, string[]][] = [
    ['a GET is not', {}, []],
    ['a form\'s POST is not', { method: 'post', headers: [['content-type', 'text/plain']] }, []],
    ['nor anything of the own origin', { url: '/x', method: 'PUT', headers: [['x-a', '1']] }, []],
    ['credentials alone are no reason', { credentials: 'include' }, []],
    ['a PUT is', { method: 'put' }, ['the method PUT is not safelisted']],
    ['an OPTIONS is', { method: 'OPTIONS' }, ['the method OPTIONS is not safelisted']],
    ['JSON is', { method: 'POST', headers: [['Content-Type', 'application/json']] }, ['the header content-type: application/json is not a type that forms send']],
    ['both count', { method: 'patch', headers: [['X-B', '1'], ['X-A', '1']] }, ['the method patch is not safelisted', 'the header x-a: it is not safelisted', 'the header x-b: it is not safelisted']]
  ]
  for (const [name, init, reasons] of cases) t.same(why(init), reasons, name)
})

t.test('the preflight has neither the headers nor the credentials of the request', async t => {
  const request = page({ method: 'PUT', credentials: 'include', headers: [['X-B', '1'], ['accept', 'text/html'], ['Authorization', 'secret'], ['x-b', '2']] })
  t.same(preflightRequest(request, browsers.standard), {
    method: 'OPTIONS',
    url: 'https://api.test/x',
    headers: [
      ['accept', '*/*'],
      ['access-control-request-method', 'PUT'],
      ['access-control-request-headers', 'authorization,x-b'],
      ['origin', 'https://app.test']
    ]
  })
})

t.test('it asks for no headers where none is unsafe', async t => {
  t.same(preflightRequest(page({ origin: 'null', method: 'patch' }), browsers.standard).headers, [
    ['accept', '*/*'], ['access-control-request-method', 'patch'], ['origin', 'null']
  ])
})
