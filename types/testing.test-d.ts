import { fastify } from 'fastify'
import { expectAssignable, expectError, expectType } from 'tsd'
import {
  type BrowserName, type CachedPreflight, type Explanation, type FetchInit, type Page, type SentRequest, type StoredCookie, type TestBrowser,
  createBrowser
} from '../lib/testing'

const browser = createBrowser(fastify())
expectType<TestBrowser>(browser)
expectType<TestBrowser>(createBrowser(fastify({ http2: true })))
expectType<TestBrowser>(createBrowser('http://127.0.0.1:3000', {}))
expectType<TestBrowser>(createBrowser(fastify(), { browser: 'webkit' }))
expectType<TestBrowser>(createBrowser({ 'https://api.example.com': fastify(), 'https://other.test': 'http://127.0.0.1:3000' }))
expectError(createBrowser({ 'https://api.example.com': 3000 }))
expectError(createBrowser())
expectError(createBrowser(3000))
expectError(createBrowser(fastify(), { browser: 'safari' }))
expectError(createBrowser(fastify(), { browsers: 'webkit' }))
expectType<'standard' | 'chromium' | 'firefox' | 'webkit'>('webkit' as BrowserName)

const page = browser.open('https://app.example.com')
expectType<Page>(page)
expectType<string>(page.origin)
expectError(page.origin = 'x')

// It is a `fetch`, so that any client library takes it.
const likeTheGlobalOne: typeof fetch = page.fetch
expectType<typeof fetch>(likeTheGlobalOne)
expectType<typeof Request>(page.Request)
expectType<typeof Response>(page.Response)
expectType<typeof Headers>(page.Headers)
expectError(page.fetch = fetch)

expectType<Promise<Response>>(page.fetch('/x'))
expectType<Promise<Response>>(page.fetch(new Request('https://api.example.com')))
expectType<Promise<Response>>(page.fetch(new page.Request('/x'), { method: 'POST' }))
expectType<Promise<Response>>(page.fetch(new URL('https://api.example.com'), {
  method: 'PUT',
  credentials: 'include',
  mode: 'no-cors',
  redirect: 'manual',
  duplex: 'half',
  keepalive: true,
  signal: AbortSignal.timeout(1000),
  headers: [['x-a', '1']],
  body: new URLSearchParams({ a: 'b' })
}))
expectAssignable<FetchInit>({ headers: new Headers(), body: new FormData(), signal: null })
expectError(page.fetch())
expectError(page.fetch('/x', { redirect: 'yes' }))
expectError(page.fetch('/x', { credential: 'include' }))
// Code that takes a simpler `fetch` function accepts it too.
expectAssignable<(url: string, init?: { method?: string }) => Promise<Response>>(page.fetch)

expectType<readonly SentRequest[]>(browser.sent)
expectType<CachedPreflight[]>(browser.preflightCache.entries())
expectType<void>(browser.preflightCache.clear())
expectType<StoredCookie[]>(browser.cookies.list())
expectType<void>(browser.cookies.set('https://api.example.com', 'a=1'))
expectType<void>(browser.advance(5))

declare const explanation: Explanation
expectType<boolean>(explanation.allowed)
expectType<unknown>(explanation.cause)
expectAssignable<string | undefined>(explanation.code)
