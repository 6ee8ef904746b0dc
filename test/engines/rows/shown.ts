import type { IncomingHttpHeaders } from 'node:http'
import type { differences } from '../../../lib/browser/engines'
import { type Handler, type Init, type PageName, type Places, type Scenario, fill, isPreflight } from '../proof/scenario'

type Headers = Readonly<Record<string, string>>

/** A scenario in which the engines of a row do what the row says. What is left out allows everything. */
interface Shown {
  /** Default: `http://app.test`. */
  readonly page?: PageName
  /** What the answers to preflights have, beside what is asked for. */
  readonly preflight?: Headers
  /** What answers at `/go` and so on with a redirect. */
  readonly redirects?: Readonly<Record<string, readonly [status: number, location: string]>>
  readonly calls: ReadonlyArray<readonly [url: string, init?: Init]>
}

/** A row that depends on where the page was loaded from, and how. */
export interface OnNetwork {
  readonly from: 'https' | 'public https' | 'public http'
  readonly to: 'http name' | 'http loopback' | 'https loopback'
}

/** The pages that call `https://api…`: the server's own, the same over http, a subdomain of it, and two other sites. */
export const visitors = ['https api', 'http api', 'https sub.api', 'https app', 'https other'] as const

/** A page that calls the server with credentials, and what the answer sets. */
export type Visit = readonly [page: typeof visitors[number], cookies?: readonly string[]]

/** A row about cookies, which `cookies.test.ts` runs. */
export interface WithCookies { readonly visits: readonly Visit[] }

/** A row that no test can show, and where the engines' sources say it. */
interface Read { readonly sources: readonly string[] }

const put: Init = { method: 'PUT' }
const withHeader = (name: string, value = '1'): Init => ({ headers: { [name]: value } })
const twice = (url: string, init: Init) => [[url, init], [url, init]] as const

/** A row of the table does not compile until it is shown here. */
export const shown: { readonly [D in keyof typeof differences]: Shown | OnNetwork | WithCookies | Read } = {
  // To see the caps would take a day in Firefox.
  maxAgeCap: {
    sources: [
      'services/network/cors/preflight_result.cc',
      'netwerk/protocol/http/nsCORSListenerProxy.cpp',
      'Source/WebCore/loader/CrossOriginPreflightResultCache.cpp'
    ]
  },
  malformedMaxAge: { preflight: { 'access-control-max-age': 'soon' }, calls: twice('{api}/', put) },
  negativeMaxAge: { preflight: { 'access-control-max-age': '-1' }, calls: twice('{api}/', put) },
  wildcardCoversAuthorization: {
    preflight: { 'access-control-allow-headers': '*' },
    calls: [['{api}/', withHeader('authorization')]]
  },
  keptWildcard: {
    preflight: { 'access-control-allow-headers': '*' },
    calls: [['{api}/', withHeader('x-one')], ['{api}/', withHeader('x-one')], ['{api}/', withHeader('authorization')]]
  },
  keepsWildcardWithCredentials: {
    preflight: { 'access-control-allow-headers': '*, x-one' },
    calls: [['{api}/', { ...withHeader('x-one'), credentials: 'include' }], ['{api}/', withHeader('x-two')]]
  },
  keepsCredentialsApart: { calls: [['{api}/', { ...put, credentials: 'include' }], ['{api}/', put]] },
  cachesWholeAnswers: {
    calls: [['{api}/', withHeader('x-one')], ['{api}/', withHeader('x-two')], ['{api}/', withHeader('x-one')]]
  },
  keepsRefusals: { preflight: { 'access-control-allow-methods': 'DELETE' }, calls: [['{api}/', put], ['{api}/', { method: 'DELETE' }]] },
  looksUpHead: { calls: [['{api}/', withHeader('x-one')], ['{api}/', { ...withHeader('x-one'), method: 'HEAD' }]] },
  forgetsOpaqueOrigins: { page: 'null', calls: twice('{api}/', put) },
  asksInModes: {
    calls: [
      ...(['no-store', 'reload', 'no-cache', 'force-cache', 'default'] as const).flatMap(cache => twice(`{api}/${cache}`, { ...put, cache })),
      ...['match', 'none-match', 'range', 'modified-since', 'unmodified-since'].flatMap(name => twice(`{api}/${name}`, withHeader(`if-${name}`, '"x"'))),
      // In these modes the answers are kept all the same.
      ['{api}/reload', put], ['{api}/no-cache', put]
    ]
  },
  dropsNoStore: { calls: [['{api}/', { ...put, cache: 'no-store' }], ['{api}/', put]] },
  ownsUserAgent: { calls: [['{api}/', withHeader('user-agent', 'x')]] },
  asksForHighBytes: { calls: [['{api}/', withHeader('accept', 'a\xe9b')]] },
  asksForCommaInType: { calls: [['{api}/', { ...withHeader('content-type', 'text/plain;x=a,b'), method: 'POST' }]] },
  readsRangeLoosely: { calls: [['{api}/', withHeader('range', 'Bytes=0-1')], ['{api}/', withHeader('range', 'bytes=+0-1')]] },
  asksAgainAfterRedirect: {
    redirects: { '/go': [303, '/'] },
    calls: [['{api}/go', put]]
  },
  asksForDroppedHeaders: {
    redirects: { '/go': [307, '{api}/'] },
    calls: [['{own}/go', withHeader('authorization')]]
  },
  asksFromPageOrigin: { redirects: { '/go': [307, '{third}/'] }, calls: [['{api}/go', put]] },
  redirectsDeleteAsGet: { redirects: { '/go': [307, '{third}/'] }, calls: [['{api}/go', { method: 'DELETE' }]] },
  restoredHeaders: {
    redirects: { '/go': [303, '/again'], '/again': [302, '/'], '/away': [307, '{third}/back'], '/back': [307, '/'] },
    calls: [
      ['{api}/go', { ...withHeader('content-language', 'en'), method: 'POST', body: 'x' }],
      ['{api}/go', { ...withHeader('content-language', 'en'), method: 'PUT', body: 'x' }],
      ['{api}/away', withHeader('authorization')]
    ]
  },
  keepsOriginHeader: { redirects: { '/go': [303, '{own}/'] }, calls: [['{own}/go', { method: 'POST' }]] },
  dropsFetchMetadata: { page: 'http://app.localhost', redirects: { '/go': [302, '{api}/'] }, calls: [['{own}/go']] },
  blocksMixedLoopback: { from: 'https', to: 'http loopback' },
  asksForLocalNetwork: { from: 'public https', to: 'https loopback' },
  localNetworkNeedsHttps: { from: 'public http', to: 'http loopback' },
  thirdPartyCookies: { visits: [['https api', ['a=1; SameSite=None; Secure']], ['https app', ['b=1; SameSite=None; Secure']], ['https app'], ['https other']] },
  sendsWithoutSameSite: { visits: [['https app', ['a=1']], ['https app']] },
  keepsInsecureNone: { visits: [['https api', ['a=1; SameSite=None']], ['https api']] },
  cookiesIgnoreScheme: { visits: [['https api', ['a=1; SameSite=Strict']], ['http api']] },
  ignoresPartitioned: { visits: [['https api', ['a=1; SameSite=None; Secure; Partitioned']], ['http api']] }
}

export function scenarioOf ({ page = 'http://app.test', calls, ...answers }: Shown): Scenario {
  return {
    told: answers,
    page,
    steps: calls.map(([url, init = {}]) => ({ url, init, wait: 0 })),
    serve: async places => ({ handle: serve(answers, places) })
  }
}

function serve ({ preflight, redirects }: Omit<Shown, 'page' | 'calls'>, places: Places): Handler {
  return ({ url = '', method, headers }, response) => {
    // `*` would count only without credentials, and some of the calls have them.
    const allowed = { 'access-control-allow-origin': headers.origin ?? '*', 'access-control-allow-credentials': 'true', 'cache-control': 'no-store' }
    const [status, location] = redirects?.[url] ?? []
    if (isPreflight({ method, headers })) response.writeHead(204, { ...allowed, ...asked(headers), ...preflight })
    else if (status !== undefined && location !== undefined) response.writeHead(status, { ...allowed, location: fill(location, places) })
    else response.writeHead(200, allowed)
    response.end()
  }
}

/** Allows what is asked for. */
function asked (headers: IncomingHttpHeaders): Headers {
  const { 'access-control-request-method': method = '', 'access-control-request-headers': names = '' } = headers
  return { 'access-control-allow-methods': method, 'access-control-allow-headers': names, 'access-control-max-age': '600' }
}
