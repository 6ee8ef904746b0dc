import t from 'tap'
import { type BrowserName, browsers } from '../../lib/browser/engines'
import { createRequest } from '../../lib/browser/request'
import { isThirdParty, sayThirdPartyCookies } from '../../lib/browser/third-party'

const names = ['standard', 'chromium', 'firefox', 'webkit'] as const

t.test('which servers are on another site', async t => {
  const rows: ReadonlyArray<readonly [origin: string, url: string, answers: readonly boolean[]]> = [
    ['https://app.example.com', 'https://api.example.com/', [false, false, false, false]],
    ['https://app.example.com', 'https://api.example.net/', [true, true, true, true]],
    ['https://a.github.io', 'https://b.github.io/', [true, true, true, true]],
    ['http://app.example.com', 'https://api.example.com/', [true, true, false, false]],
    ['http://localhost:5173', 'http://localhost:3000/', [false, false, false, false]],
    ['http://localhost:5173', 'http://127.0.0.1:5173/', [true, true, true, true]],
    ['null', 'https://api.example.com/', [true, true, true, true]],
    ['chrome-extension://abc', 'https://api.example.com/', [true, true, true, true]]
  ]
  for (const [origin, url, answers] of rows) {
    t.strictSame(names.map(name => isThirdParty(origin, url, browsers[name])), answers, `${origin} and ${url}`)
  }
})

t.test('what is said of the cookies', async t => {
  const said = (name: BrowserName, url: string, credentials: 'omit' | 'same-origin' | 'include' = 'include') =>
    sayThirdPartyCookies(createRequest({ origin: 'https://app.example.com', url, credentials }), browsers[name])
  const other = 'https://api.example.net/'
  t.match(said('chromium', other), /^only cookies with `SameSite=None; Secure`; where/)
  t.match(said('firefox', other), /, without `SameSite` or with `SameSite=None; Secure`; never/)
  t.match(said('webkit', other), /^no cookies, because/)
  for (const name of names) {
    t.equal(said(name, 'https://api.example.com/'), undefined, 'the same site')
    t.equal(said(name, other, 'omit'), undefined)
    t.equal(said(name, other, 'same-origin'), undefined)
  }
  const stricter = { ...browsers.firefox, sendsWithoutSameSite: false }
  t.match(sayThirdPartyCookies(createRequest({ origin: 'https://app.example.com', url: other, credentials: 'include' }), stricter), /, with `SameSite=None; Secure`; never/)
})
