import type { RegistrationPlace } from '../routing/place'
import type { Step } from '../browser/fetch'
import type { CorsCode } from '../browser/codes'
import type { PolicySummary } from './summary'

/** Header names in lower case, with their values. */
export type Headers = Readonly<Record<string, string>>

/** The result of `app.cors.explain`: what a browser would do with a request, and why. */
export interface Explanation {
  /**
   * Whether the page may read the response (Fetch, "CORS check"). `undefined` if an OPTIONS route of the application
   * answers the preflight without the plugin, because its answer is unknown until it runs.
   */
  readonly allowed: boolean | undefined
  /** Chromium's code for the failure, such as `MissingAllowOriginHeader`. Present only if the browser blocks the request. */
  readonly code?: CorsCode
  /** The verdict in a sentence. */
  readonly message: string
  /** What to change, in terms of the options. Present only if something should change. */
  readonly fix?: string
  /** The URL of MDN's page about the failure. Present only if the browser blocks the request. */
  readonly link?: string
  /** The preflight of the request (Fetch, "CORS-preflight fetch"). */
  readonly preflight: ExplainedPreflight
  /** The response to the request. `null` if the browser does not send the request, or if that is unknown. */
  readonly response: ExplainedResponse | null
  /** The policy that governs the request. `null` if no registration governs it, or if its delegator threw. */
  readonly policy: ExplainedPolicy | null
  /** The route of the request, as it was added. `null` if no route is known: the answer is a 404, unless `assumptions` says otherwise. */
  readonly route: { readonly methods: readonly string[], readonly url: string } | null
  /** The steps that the browser takes, each with its section of the Fetch standard. */
  readonly steps: readonly Step[]
  /** What the explanation assumes about code of the application that has not run, each a sentence. Usually empty. */
  readonly assumptions: readonly string[]
}

/** The preflight part of an `Explanation`. Only `needed` and `reasons` are present if no preflight is needed. */
export interface ExplainedPreflight {
  /** Whether the browser sends a preflight first. It does not if it has an earlier answer in its preflight cache. */
  readonly needed: boolean
  /** Why a preflight is needed, each reason a clause. Empty if it is not. */
  readonly reasons: readonly string[]
  /** The preflight request. */
  readonly request?: { readonly method: 'OPTIONS', readonly url: string, readonly headers: Headers }
  /** The plugin's part of the answer. `status` is absent if an OPTIONS route of the application decides it. */
  readonly response?: { readonly status?: number, readonly headers: Headers }
  /** For how many seconds the same request needs no other preflight in each browser. Present only if the chosen browser accepts the answer. */
  readonly maxAge?: { readonly chromium: number, readonly firefox: number, readonly webkit: number }
}

/** The response part of an `Explanation`. */
export interface ExplainedResponse {
  /** Absent if the handler decides it. Otherwise 400 (Node.js or Fastify), 403 (the plugin), 404 (the router) or 500 (a failed function). */
  readonly status?: number
  /** The CORS headers and the `Vary` that the plugin sends. */
  readonly headers: Headers
  /**
   * The response headers that the page can read if they are sent, in lower case. `'*'` means all except `Set-Cookie`.
   * Empty if the response is blocked.
   */
  readonly readable: '*' | readonly string[]
  /** The names in `headers` that the page cannot read. */
  readonly hidden: readonly string[]
}

/** The policy part of an `Explanation`. */
export interface ExplainedPolicy extends PolicySummary {
  /** The registration that governs the request. */
  readonly registration: RegistrationPlace
  /** Whether the `config.cors` of the route is laid over the options of the registration. */
  readonly overlaid: boolean
  /** Whether a `delegator` returned options for this request. */
  readonly delegated: boolean
  /** Where the options are, in words: `the registration of the application`, or `config.cors of PUT /users/:id`. */
  readonly where: string
}
