import t from 'tap'
import { explain, ready, registered } from './outline'

const ORIGIN = 'https://app.example.com'

t.test('what the network blocks is said with its code, and nothing is sent', async t => {
  const app = await ready(registered({ origin: [ORIGIN, 'http://app.example.com'] }))
  for (const [asked, code, fix] of [
    [{ url: 'http://api.example.com/a' }, 'mixed-content', /over https/],
    [{ url: 'https://localhost/a', pageAddressSpace: 'public' }, 'LocalNetworkAccessPermissionDenied', /allow the page/],
    [{ origin: 'http://app.example.com', url: 'http://localhost/a', pageAddressSpace: 'public' }, 'InsecureLocalNetwork', /over https/]
  ] as const) {
    const found = await explain(app, { origin: ORIGIN, method: 'PUT', ...asked })
    t.match(found, { allowed: false, code, fix, preflight: { needed: false }, response: null })
    t.equal(found.steps.at(-1)?.outcome, found.message)
  }
})

t.test('what is not known of the network is assumed', async t => {
  const app = await ready(registered({ origin: ORIGIN, credentials: true }))
  const assumed = async (asked: object) => (await explain(app, { origin: ORIGIN, ...asked } as never)).assumptions
  t.match(await assumed({ url: 'http://localhost:3000/a' }), [/^the user lets the page call localhost:3000, or/])
  t.strictSame(await assumed({ url: 'http://localhost:3000/a', pageAddressSpace: 'loopback' }), [])
  t.strictSame(await assumed({ url: 'https://api.example.com/a', credentials: true }), [], 'the same site')
  t.match(await assumed({ url: 'https://api.example.org/a', credentials: true }), [/^the cookies are `SameSite=None; Secure`/])
  t.match(await assumed({ url: '/a', credentials: true }), [/^if the page is on another site than this application, the cookies/])
})
