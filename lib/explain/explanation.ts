import type { RegistrationPlace } from '../fastify/place'
import type { Step } from '../fetch/algorithm'
import type { CorsCode } from '../fetch/codes'
import type { PolicySummary } from '../policy/summary'

/** Header names in lower case, and values. */
export type Headers = Readonly<Record<string, string>>

/** What a browser would do with a request, and why. */
export interface Explanation {
  /**
   * Whether the page may read the response. `undefined` where an OPTIONS route of the application's own answers
   * the preflight (`preflight: false`): nobody knows what it says until it runs.
   */
  readonly allowed: boolean | undefined
  /** Why it is blocked: Chromium's name for it. */
  readonly code?: CorsCode
  /** The verdict in a sentence. */
  readonly message: string
  /** What to change, in the words of the options. */
  readonly fix?: string
  /** MDN's page on it. */
  readonly link?: string
  readonly preflight: ExplainedPreflight
  /** `null` where the browser never sends the request, since its preflight fails. */
  readonly response: ExplainedResponse | null
  /** `null` where no registration governs: the plugin leaves the request alone. */
  readonly policy: ExplainedPolicy | null
  /** The route that answers; `null`: none, a 404. */
  readonly route: { readonly methods: readonly string[], readonly url: string } | null
  /** What the browser does, each step with its section of the Fetch standard. */
  readonly steps: readonly Step[]
}

export interface ExplainedPreflight {
  /** Whether the browser asks first, unless an earlier answer is in its cache. */
  readonly needed: boolean
  readonly reasons: readonly string[]
  /** The request that it sends; only where it is needed, as all that follows. */
  readonly request?: { readonly method: 'OPTIONS', readonly url: string, readonly headers: Headers }
  /** `status` is missing where a route of the application's own answers. */
  readonly response?: { readonly status?: number, readonly headers: Headers }
  /** Seconds that browsers keep an accepted answer; only where it is accepted. */
  readonly maxAge?: { readonly chromium: number, readonly firefox: number, readonly webkit: number }
}

export interface ExplainedResponse {
  /** Where the plugin (403), the router (404) or an error of the options' functions (500) decides; missing where the handler does. */
  readonly status?: number
  /** The CORS headers and `Vary` of the plugin. */
  readonly headers: Headers
  /** The response headers that the page can read if they are sent, in lower case; `*`: all but those of cookies. None where it is blocked. */
  readonly readable: '*' | readonly string[]
  /** Those of `headers` that the page cannot read. */
  readonly hidden: readonly string[]
}

export interface ExplainedPolicy extends PolicySummary {
  readonly registration: RegistrationPlace
  /** Whether the options are those of the route's `config.cors`, laid over the registration's. */
  readonly overlaid: boolean
  /** Whether a `delegator` gave options for this request. */
  readonly delegated: boolean
  /** Whose options they are, in words. */
  readonly where: string
}
