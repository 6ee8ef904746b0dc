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
expectError(createBrowser())
expectError(createBrowser(3000))
expectError(createBrowser(fastify(), { browser: 'safari' }))
expectError(createBrowser(fastify(), { browsers: 'webkit' }))
expectType<'standard' | 'chromium' | 'firefox' | 'webkit'>('webkit' as BrowserName)

const page = browser.open('https://app.example.com')
expectType<Page>(page)
expectType<string>(page.origin)
expectError(page.origin = 'x')

expectType<Promise<Response>>(page.fetch('/x'))
expectType<Promise<Response>>(page.fetch(new URL('https://api.example.com'), {
  method: 'PUT',
  credentials: 'include',
  mode: 'cors',
  redirect: 'error',
  cache: 'no-store',
  keepalive: true,
  signal: AbortSignal.timeout(1000),
  headers: [['x-a', '1']],
  body: new URLSearchParams({ a: 'b' })
}))
expectAssignable<FetchInit>({ headers: new Headers(), body: new FormData(), signal: null })
expectError(page.fetch('/x', { mode: 'no-cors' }))
expectError(page.fetch('/x', { redirect: 'manual' }))
expectError(page.fetch('/x', { credential: 'include' }))
expectError(page.fetch(new Request('https://api.example.com')))
// Code that takes a `fetch` function accepts that of a page.
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
