import t from 'tap'
import { createBrowser } from '../../lib/testing'
import { APP, browse } from './scripted'

// The types refuse most of these values, but JavaScript callers have no types.
const anything = (value: unknown) => value as never

t.test('an invalid server is a TypeError', async t => {
  for (const server of [undefined, null, 3000, {}, { ready () {} }, { inject () {} }, { ready: true, inject () {} }, { ready () {}, inject: true }, () => {}]) {
    t.throws(() => createBrowser(anything(server)), { name: 'TypeError', message: /^createBrowser needs a Fastify application, or the address of a server/ })
  }
})

t.test('an invalid address of a server is a TypeError', async t => {
  for (const address of ['', 'localhost:3000', '127.0.0.1', 'ws://a.test', 'file:///x', 'http://a.test/x', 'http://a.test?x', 'http://a.test/#x', 'http://u:p@a.test']) {
    t.throws(() => createBrowser(address), { name: 'TypeError', message: `${JSON.stringify(address)} is not the address of a server: write it as http://127.0.0.1:3000` })
  }
  for (const address of ['http://a.test', 'https://a.test/', 'http://[::1]:3000']) t.doesNotThrow(() => createBrowser(address), address)
})

t.test('an unknown browser is a TypeError that lists the known ones', async t => {
  for (const browser of ['safari', 'toString', '', null]) {
    t.throws(() => createBrowser('http://a.test', { browser: anything(browser) }), {
      name: 'TypeError', message: `there is no browser ${JSON.stringify(browser)}, only standard, chromium, firefox, webkit`
    })
  }
})

t.test('an invalid URL of a page is a TypeError', async t => {
  for (const url of ['nonsense', '', '/x', 'app.example.com']) {
    t.throws(() => browse().open(url), { name: 'TypeError', message: `${JSON.stringify(url)} is not the URL of a page` })
  }
  for (const url of ['about:blank', 'data:,x', 'file:///x', 'blob:https://a.test/1', 'wss://a.test', 'mailto:a@b.test', 'localhost:3000']) {
    t.throws(() => browse().open(url), { name: 'TypeError', message: `a page at ${JSON.stringify(url)} has no origin: open it with 'null'` }, url)
  }
})

t.test('an invalid address space of a page is a TypeError', async t => {
  for (const addressSpace of ['private', '', null, 1]) {
    t.throws(() => browse().open(APP, { addressSpace: anything(addressSpace) }), {
      name: 'TypeError', message: `${JSON.stringify(addressSpace)} is not an address space: write one of loopback, local, public`
    })
  }
})

t.test('a page has the origin of its URL', async t => {
  const cases = [
    [APP, APP], [`${APP}:443/a?b#c`, APP], ['HTTP://LOCALHOST:8080', 'http://localhost:8080'], ['null', 'null'],
    ['capacitor://localhost', 'capacitor://localhost'], ['chrome-extension://abcd/x.html', 'chrome-extension://abcd']
  ] as const
  for (const [url, origin] of cases) t.equal(browse().open(url).origin, origin)
})

t.test('an invalid number of seconds is a TypeError', async t => {
  for (const seconds of [-1, NaN, Infinity, undefined, '5']) {
    t.throws(() => { browse().advance(anything(seconds)) }, { name: 'TypeError', message: `advance needs a number of seconds that is 0 or more, not ${String(seconds)}` })
  }
  browse().advance(0)
})
