import { type PageRequest, isCrossOrigin } from '../browser/request'
import { filterHeaders } from '../browser/response'
import type { Answer } from './transport'

/** https://fetch.spec.whatwg.org/#null-body-status, of the final ones. */
const nullBodyStatus: ReadonlySet<number> = new Set([204, 205, 304])

type Facts = Pick<Response, 'url' | 'redirected' | 'type'>

/** https://fetch.spec.whatwg.org/#concept-filtered-response, as the page's `Response`. */
export function pageResponse (request: PageRequest, answer: Answer): Response {
  const { url, method, redirectedFrom } = request
  const { status, statusText, headers, body } = answer
  const isNull = method === 'HEAD' || nullBodyStatus.has(status)
  const exposed = filterHeaders(request, headers).exposed.map(([name, value]): [string, string] => [name, value])
  const response = new Response(isNull ? null : body, { status, statusText, headers: exposed })
  return withFacts(response, { url, redirected: redirectedFrom.length > 0, type: isCrossOrigin(request) ? 'cors' : 'basic' })
}

/** The constructor of `Response` sets none of them, and its `clone` would lose them. */
function withFacts (response: Response, facts: Facts): Response {
  const clone = () => withFacts(Response.prototype.clone.call(response), facts)
  return Object.defineProperties(response, {
    url: { value: facts.url },
    redirected: { value: facts.redirected },
    type: { value: facts.type },
    clone: { value: clone }
  })
}
