import t from 'tap'
import { browsers } from '../../lib/browser/engines'
import { redirect } from '../../lib/browser/redirect'
import { createRequest } from '../../lib/browser/request'
import { API, APP, OTHER, type Reply, allow, browse } from './scripted'

// https://fetch.spec.whatwg.org/#http-redirect-fetch removes `Authorization` where the request goes to another origin than that of
// the URL before. The page's own origin is no exception, and what was removed does not come back.

const OWN = `${APP}/x`
const AGAIN = `${APP}/y`

const chains: ReadonlyArray<readonly [it: string, urls: readonly string[], kept: readonly boolean[]]> = [
  ['no redirect', [API], [true]],
  ['within the origin of a server', [API, `${API}/y`, `${API}/z`], [true, true, true]],
  ['within the page’s own origin', [OWN, AGAIN, OWN], [true, true, true]],
  ['to a third origin', [API, OTHER], [true, false]],
  ['back to the page’s own origin', [API, OWN], [true, false]],
  ['from the page’s own origin', [OWN, API], [true, false]],
  ['from the page’s own origin and back', [OWN, API, OWN], [true, false, false]],
  ['back to the first server', [API, OTHER, API], [true, false, false]],
  ['back to the page’s own origin after a step within a server', [API, `${API}/y`, OWN, AGAIN], [true, true, false, false]],
  ['to another port', [API, 'https://api.example.com:8443/x'], [true, false]],
  ['to another scheme', ['http://api.example.com/x', API], [true, false]],
  ['to another scheme of the page’s own host', [OWN, OWN.replace('https:', 'http:')], [true, false]],
  ['to a host below', [API, 'https://a.api.example.com/x'], [true, false]],
  ['to the default port, which is the same origin', [API, 'https://api.example.com:443/y'], [true, true]],
  ['to upper case, which is the same origin', [API, 'https://API.example.com/y'], [true, true]]
]

t.test('a redirect keeps Authorization only within the origin that it comes from', async t => {
  for (const [it, [first = API, ...more], kept] of chains) {
    for (const name of ['Authorization', 'authorization', 'AUTHORIZATION']) {
      for (const status of [301, 302, 303, 307, 308]) {
        let request = createRequest({ origin: APP, url: first, headers: [[name, 'Bearer x'], ['x-a', '1']] })
        const found = [request.headers.some(([each]) => each === name)]
        for (const url of more) {
          const next = redirect(request, { status, headers: [['location', url]] }, browsers.standard)
          if (next?.ok !== true) throw new Error(`${it}: not followed`)
          request = next.request
          found.push(request.headers.some(([each]) => each === name))
          t.ok(request.headers.some(([each]) => each === 'x-a'), 'other headers stay')
        }
        t.strictSame(found, kept, `${it}, ${status}, ${name}`)
      }
    }
  }
})

t.test('a server gets the Authorization of a page only if every redirect before was within its origin', async t => {
  for (const [it, urls, kept] of chains.filter(([, urls]) => urls.every(url => url.startsWith('https:') && !/:\d|API\./.test(url)) && new Set(urls).size === urls.length)) {
    const replies = new Map<string, Reply>(urls.slice(0, -1).map((url, i) => [url, { status: 307, headers: { location: String(urls[i + 1]) } }]))
    const browser = browse(request => {
      const { status, headers } = request.method === 'OPTIONS' ? { status: 204, headers: {} } : replies.get(`https://${request.host}${request.url}`) ?? { status: 200, headers: {} }
      return { status, headers: { ...allow(request), ...headers } }
    })
    await browser.open(APP).fetch(String(urls[0]), { headers: { authorization: 'Bearer x' } })
    const actual = browser.sent.filter(({ preflight }) => !preflight)
    t.strictSame(actual.map(({ headers }) => headers.authorization === 'Bearer x'), kept, it)
    t.strictSame(actual.map(({ url }) => url), urls, it)
  }
})

t.test('a preflight after a redirect asks for Authorization only if it is still there', async t => {
  for (const [it, urls, kept] of [
    ['within a server', [API, `${API}/y`], [true, true]],
    ['to a third origin', [API, OTHER], [true, undefined]],
    ['back to the page’s own origin', [API, OWN], [true, undefined]]
  ] as ReadonlyArray<readonly [string, readonly string[], ReadonlyArray<boolean | undefined>]>) {
    const browser = browse(request => {
      const isFirst = `https://${request.host}${request.url}` === urls[0]
      return request.method === 'OPTIONS' || !isFirst ? { status: 200, headers: allow(request) } : { status: 307, headers: { ...allow(request), location: String(urls[1]) } }
    })
    await browser.open(APP).fetch(String(urls[0]), { headers: { authorization: 'Bearer x' } })
    const asked = urls.map(url => browser.sent.find(sent => sent.preflight && sent.url === url)?.headers['access-control-request-headers']?.includes('authorization'))
    t.strictSame(asked, kept, it)
  }
})
