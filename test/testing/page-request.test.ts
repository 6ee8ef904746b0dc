import t from 'tap'
import { APP, browse } from './scripted'

/** The `Referer` of the request that a page's `fetch` sends. */
async function refererOf (request: Request, init?: RequestInit): Promise<string | undefined> {
  const browser = browse()
  await browser.open(APP).fetch(request, init)
  return browser.sent[0]?.headers.referer
}

t.test('the page\'s Request knows its page', async t => {
  const page = browse().open(`${APP}/a/b`)
  const request = new page.Request('c?d#e', { headers: { Cookie: 'a=1', 'Sec-A': '1', 'X-A': '1' }, referrer: '/f' })
  t.ok(request instanceof Request)
  t.equal(request.url, `${APP}/a/c?d#e`)
  t.equal(request.referrer, `${APP}/f`)
  t.strictSame([...request.headers], [['x-a', '1']])
  t.equal(new page.Request('/', { referrer: 'https://other.test/' }).referrer, 'about:client')
  t.equal(page.Response, Response)
  t.equal(page.Headers, Headers)
})

t.test('a page cannot set the forbidden headers of its Request later either', async t => {
  const page = browse().open(APP)
  const request = new page.Request('/', { headers: { 'X-HTTP-Method-Override': 'TRACE', 'X-A': '1' } })
  for (const { headers } of [request, request.clone(), new page.Request(request)]) {
    for (const name of ['Cookie', 'Sec-A', 'Proxy-A', 'X-Method-Override']) {
      headers.append(name, 'CONNECT')
      headers.set(name, 'CONNECT')
    }
    headers.set('X-B', ' 2 ')
    headers.append('X-B', '3')
    t.strictSame([...headers], [['x-a', '1'], ['x-b', '2, 3']])
    t.throws(() => { headers.set('X-C', '\0') }, TypeError)
    t.throws(() => { (headers.set as (name: string) => void)('X-C') }, TypeError)
  }
})

t.test('in mode no-cors a Request has only no-cors-safelisted headers, with their whole values', async t => {
  const page = browse().open(APP)
  const long = 'x'.repeat(120)
  const request = new page.Request('/', { mode: 'no-cors', headers: { 'X-A': '1', Range: 'bytes=0-1', 'Accept-Language': '@', Accept: long } })
  const asked = new page.Request(new page.Request('/', { headers: { 'X-A': '1', Accept: long } }), { mode: 'no-cors' })
  for (const { headers } of [request, request.clone(), asked]) {
    headers.append('Accept', 'text/html')
    headers.set('Content-Type', 'application/json')
    headers.append('User-Agent', 'x')
    t.strictSame([...headers], [['accept', long]])
    headers.set('Accept', 'text/html')
    headers.set('Content-Type', 'text/plain')
    t.strictSame([...headers], [['accept', 'text/html'], ['content-type', 'text/plain']])
  }
})

t.test('a Request keeps its referrer, unless there is an init', async t => {
  const page = browse().open(APP)
  const request = new page.Request('/x', { referrer: '/from', referrerPolicy: 'unsafe-url' })
  t.equal(await refererOf(request), `${APP}/from`)
  t.equal(await refererOf(request.clone()), `${APP}/from`)
  t.equal(await refererOf(new page.Request('/x', { referrer: '' })), undefined)
  t.equal(await refererOf(request, { method: 'POST' }), `${APP}/`)
})

t.test('a priority that no browser knows is a TypeError', async t => {
  const page = browse().open(APP)
  for (const priority of ['high', 'low', 'auto', undefined]) t.ok(new page.Request('/', { priority } as RequestInit))
  for (const priority of ['urgent', null, 'High']) {
    const init = { priority } as RequestInit
    t.throws(() => new page.Request('/', init), TypeError)
    await t.rejects(page.fetch('/', init), TypeError)
  }
})
