import { describeFailure } from '../browser/codes'
import type { Browser } from '../browser/engines'
import { type ServerResponse, getHeader, getList } from '../browser/header-list'
import { isRedirect, isTainted } from '../browser/redirect'
import { type PageRequest, isCrossOrigin } from '../browser/request'
import type { Question } from './arguments'
import { type Exchange, type Hop, isSafe } from './follow'
import { faultsOf } from './said'

/** The last response that a hop got; an empty one if it got none. */
export function lastResponse ({ exchanges }: Hop): ServerResponse {
  return exchanges.at(-1)?.response ?? { status: 0, headers: [] }
}

/** The verdict in a sentence. */
export function messageOf ({ request: { origin, method, url } }: Question, last: Hop): string {
  const { request, verdict, end, exchanges } = last
  switch (end) {
    case 'readable': {
      const answer = request.url === url ? 'the answer' : `the answer of ${request.url}`
      return `a page of ${origin} may send ${method} ${url} and read ${answer}, a ${lastResponse(last).status}`
    }
    case 'accepted': return `the preflight is accepted; the ${request.method} itself was not sent: add --send`
    case 'unsent': return `a browser sends ${request.method} ${request.url} without a preflight, and it may change something on the server: add --send`
    case 'unanswered': return String(exchanges.at(-1)?.noAnswer?.why)
    case 'blocked': return String(verdict.message)
  }
}

/** Everything that has to change before the page can read the response, as far as is known. */
export function changesFor ({ request, exchanges, verdict, end }: Hop, browser: Browser): string[] {
  const [exchange] = exchanges.slice(-1)
  if (end === 'unanswered') return [exchange?.noAnswer?.change].filter(change => change !== undefined)
  if (end !== 'blocked') return []
  if (isTainted(request)) {
    return [`let the page call ${request.url} directly, and allow ${request.origin} there: after redirects across origins, browsers send Origin: null`]
  }
  const { fix = '' } = verdict
  if (exchange?.response === undefined) return [fix]
  const faults = faultsOf(request, exchange, exchange.response, browser)
  const instead = faults.length === 0 ? [] : directly(request, exchange, exchange.response)
  return [...new Set([fix, ...faults.map(({ failure }) => describeFailure(failure).fix), ...instead])]
}

/** For a redirect that fails the CORS check, as every answer can. */
function directly ({ url }: PageRequest, { preflight }: Exchange, { status, headers }: ServerResponse): string[] {
  const location = getHeader(headers, 'location')
  if (preflight || !isRedirect(status) || location === undefined || !URL.canParse(location, url)) return []
  return [`or let the page call ${new URL(location, url).href} directly: this answer is a redirect, and redirects need CORS headers too`]
}

/** What else the user should know. */
export function notesOn ({ request, dropped, insecure }: Question, last: Hop): string[] {
  const upper = request.method.toUpperCase()
  return [
    ...dropped.map(name => `a page cannot set the header ${name}, so it was not sent`),
    ...request.method === upper ? [] : [`browsers send the method ${request.method} as the page writes it, but servers know it as ${upper}`],
    ...insecure && request.url.startsWith('https:') ? ['the certificate was not checked: a browser may refuse it'] : [],
    ...request.origin === 'null' ? ['null is the origin of every sandboxed frame and every local file: a server that allows it allows them all'] : [],
    ...responseNotes(last)
  ]
}

/** Notes on the response to the actual request, if there is one. */
function responseNotes (last: Hop): string[] {
  const { request, exchanges, end } = last
  if (exchanges.at(-1)?.preflight !== false) return []
  const { status, headers } = lastResponse(last)
  return [
    ...isSafe(request.method) ? [] : [`the ${request.method} was sent without a body: the answer to one with a body may differ`],
    ...request.credentials === 'include' ? ['no cookies were sent: the answer to a page with cookies may differ'] : [],
    ...end === 'blocked' && status >= 400 ? [`the answer is an error, a ${status}: find out why first; and errors need CORS headers too, or the page cannot read them`] : [],
    ...isCrossOrigin(request) && lacksVary(headers, request.origin) ? ['if the server sends another Access-Control-Allow-Origin to another origin, the answer also needs Vary: Origin, or a cache may give it to the wrong page'] : []
  ]
}

/** Whether a cache would take the answer as the same for every origin, although it names that of the page. */
function lacksVary (headers: ServerResponse['headers'], origin: string): boolean {
  const allowed = getHeader(headers, 'access-control-allow-origin')
  const names = getList(headers, 'vary')?.items.map(name => name.toLowerCase()) ?? []
  return allowed === origin && !names.includes('*') && !names.includes('origin')
}
