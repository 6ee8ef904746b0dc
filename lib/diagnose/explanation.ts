import type { RegistrationPlace } from '../routing/place'
import type { Step } from '../browser/fetch'
import type { CorsCode } from '../browser/codes'
import type { PolicySummary } from '../policy/summary'

/** Header names in lower case, and values. */
export type Headers = Readonly<Record<string, string>>

/** What a browser would do with a request, and why. */
export interface Explanation {
  /**
   * Whether the page may read the response. `undefined` where an OPTIONS route of the application's own answers
   * the preflight, without the plugin: nobody knows what it says until it runs.
   */
  readonly allowed: boolean | undefined
  /** Why it is blocked: Chromium's name for it. Only where it is, as `link`. */
  readonly code?: CorsCode
  /** The verdict in a sentence. */
  readonly message: string
  /** What to change, in the words of the options; only where something is to be. */
  readonly fix?: string
  /** MDN's page on the code. */
  readonly link?: string
  readonly preflight: ExplainedPreflight
  /** `null` where the request is not sent, or where nobody knows: its preflight fails, or is unknown. */
  readonly response: ExplainedResponse | null
  /** What governs the request. `null` where no registration does, or where the delegator fails that would say. */
  readonly policy: ExplainedPolicy | null
  /** The route that answers, as it was added; `null` where none is known: a 404, unless `assumptions` say otherwise. */
  readonly route: { readonly methods: readonly string[], readonly url: string } | null
  /** What the browser does, each step with its section of the Fetch standard. */
  readonly steps: readonly Step[]
  /** What is taken for granted, each in a sentence, since only the application's own code knows better. Most often none. */
  readonly assumptions: readonly string[]
}

export interface ExplainedPreflight {
  /** Whether the browser asks first, unless an earlier answer is in its cache. */
  readonly needed: boolean
  /** Why, each in a clause; none where it is not needed. */
  readonly reasons: readonly string[]
  /** The request that it sends; only where it is needed, as all that follows. */
  readonly request?: { readonly method: 'OPTIONS', readonly url: string, readonly headers: Headers }
  /** The plugin's part of the answer. `status` is missing where a route of the application's own says it. */
  readonly response?: { readonly status?: number, readonly headers: Headers }
  /** Seconds for which each browser keeps the answer, 0 if it refuses it; only where the one that was asked for accepts it. */
  readonly maxAge?: { readonly chromium: number, readonly firefox: number, readonly webkit: number }
}

export interface ExplainedResponse {
  /** Where the plugin (403), the router (404) or an error of the options' functions (500) decides; missing where the handler does. */
  readonly status?: number
  /** The CORS headers and `Vary` of the plugin. */
  readonly headers: Headers
  /**
   * The response headers, in lower case, that the page can read if they are sent; `*`: all but those of cookies.
   * None where it is blocked.
   */
  readonly readable: '*' | readonly string[]
  /** Those of `headers` that are sent and that the page cannot read. */
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
