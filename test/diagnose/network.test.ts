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
})

t.test('a step says what has to be true for cookies to travel to another site', async t => {
  const app = await ready(registered({ origin: [ORIGIN, 'http://app.example.com', 'app://desk'], credentials: true, dangerously: { insecureOrigins: true } }))
  const said = async (asked: object) => {
    const { allowed, steps } = await explain(app, { origin: ORIGIN, url: 'https://api.example.org/a', credentials: true, ...asked })
    t.equal(allowed, true)
    return steps.find(({ step }) => step === 'which cookies it carries')?.outcome
  }
  t.match(await said({}), /^only cookies with `SameSite=None; Secure`.*`Partitioned`/)
  t.match(await said({ browser: 'standard' }), /^only cookies with `SameSite=None; Secure`/)
  t.match(await said({ browser: 'firefox' }), /^only cookies that the server has set in answers to pages of the same site.*without `SameSite`/)
  t.match(await said({ browser: 'webkit' }), /^no cookies, .*on one site$/)
  t.match(await said({ origin: 'app://desk', browser: 'webkit' }), /^no cookies/)
  t.match(await said({ url: '/a' }), /^if the page is on another site than this application: only cookies with/)
  t.match(await said({ origin: 'http://app.example.com', url: 'https://api.example.com/a' }), /^only cookies with/, 'http is another site than https')
  for (const browser of ['firefox', 'webkit']) {
    t.equal(await said({ origin: 'http://app.example.com', url: 'https://api.example.com/a', browser }), undefined, `but not for the cookies of ${browser}`)
  }
  t.equal(await said({ url: 'https://api.example.com/a' }), undefined, 'the same site')
  t.equal(await said({ credentials: 'same-origin' }), undefined, 'without credentials')
  t.equal(await said({ url: `${ORIGIN}/a` }), undefined, 'the own origin')
})
