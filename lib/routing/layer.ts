import type { Settings } from '../options/settings'
import { parseOverlay } from '../options/parse'
import { compile, compileOff } from '../policy/compile'
import type { Policy } from '../policy/policy'
import type { Outcome } from '../response/outcome'
import type { Registration } from './contexts'
import type { KnownRoute } from './recorder'

/** The `config.cors` of a route, unchecked. */
export type Overlay = unknown

/**
 * The part of a preflight that decides which policy answers at its URL: nothing, the requested method, or, if there are
 * several candidates, the origin, the method and the header names. `Vary` tells caches (Fetch, "CORS protocol and HTTP caches").
 */
export type VariesBy = 'nothing' | 'method' | 'all'

/** A policy and its source. */
export interface Governing {
  readonly registration: Registration
  readonly layer: Layer
  /** The `config.cors` of the route that is laid over the layer's options. */
  readonly overlay: Overlay
  readonly policy: Policy
  /** Whether a function takes part in the decision: the delegator, or `origin`. */
  readonly asks: boolean
  /** Preflight answers that depend on the routes at the URL, each made when it is first needed. */
  readonly answers: { readonly [V in VariesBy]: Map<number, PreflightAnswer> }
}

/** A policy that may govern the request after a preflight, and the route that has it, if it is known. */
export interface Candidate {
  readonly governing: Governing
  readonly route: KnownRoute | undefined
}

/** The answer to an accepted or refused preflight, and the methods that it allows. */
export interface PreflightAnswer {
  readonly outcome: Outcome
  readonly methods: Policy['preflight']['methods']
}

/** A set of valid options with its policy, and with the policies of the routes that overlay these options. */
export class Layer {
  readonly settings: Settings
  /** The options without an overlay. */
  readonly plain: Governing
  /** The options with CORS switched off. */
  readonly off: Governing
  /** The candidates for preflights where these options govern every route. */
  readonly candidates: readonly [Candidate]
  readonly #registration: Registration
  readonly #byOverlay: Map<Overlay, Governing>
  readonly #byContent = new Map<string, Policy>()
  readonly #byResult = new WeakMap<object, Layer>()

  constructor (registration: Registration, settings: Settings) {
    this.settings = settings
    this.#registration = registration
    this.plain = this.#governing(undefined, compile(settings))
    this.off = this.#governing(false, compileOff(settings))
    this.candidates = [{ governing: this.plain, route: undefined }]
    this.#byOverlay = new Map<Overlay, Governing>([[undefined, this.plain], [true, this.plain], [false, this.off]])
  }

  /**
   * The policy of a route with this overlay. Overlays with the same content share a policy. Throws
   * `FST_CORS_INVALID_OPTIONS`, in which `subject` says where the overlay is; it is not needed for an overlay that was
   * found valid before.
   */
  with (overlay: Overlay, subject = anyRoute): Governing {
    const known = this.#byOverlay.get(overlay)
    if (known !== undefined) return known
    const laid = parseOverlay(this.settings, overlay, subject(), 'route')
    const content = contentOf(overlay as object) // `parseOverlay` accepts only objects
    const policy = this.#byContent.get(content) ?? compile(laid)
    const governing = this.#governing(overlay, policy)
    this.#byContent.set(content, policy)
    this.#byOverlay.set(overlay, governing)
    return governing
  }

  /**
   * The layer for the result of a delegator. Throws `FST_CORS_INVALID_OPTIONS`. An object is read only once, and frozen: a
   * later change would have no effect, and now it throws in strict mode.
   */
  forResult (result: unknown): Layer {
    const isObject = typeof result === 'object' && result !== null
    const known = isObject ? this.#byResult.get(result) : undefined
    if (known !== undefined) return known
    const made = new Layer(this.#registration, parseOverlay(this.settings, result, 'the options that the delegator returned', 'delegator'))
    if (isObject) this.#byResult.set(freeze(result), made)
    return made
  }

  #governing (overlay: Overlay, policy: Policy): Governing {
    const asks = this.settings.delegator !== undefined || policy.allow.kind === 'ask'
    return { registration: this.#registration, layer: this, overlay, policy, asks, answers: { nothing: new Map(), method: new Map(), all: new Map() } }
  }
}

/** Freezes the options and the lists in them. A RegExp stays as it is: matching writes to it. */
function freeze (options: object): object {
  for (const value of Object.values(options)) if (Array.isArray(value) || isPlain(value)) Object.freeze(value)
  return Object.freeze(options)
}

function isPlain (value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.prototype.toString.call(value) === '[object Object]'
}

function anyRoute (): string {
  return 'config.cors'
}

const functionIds = new WeakMap<object, number>()
let functions = 0

/** A text that two overlays share only if their functions are identical and their other values are equal. */
function contentOf (overlay: object): string {
  return JSON.stringify(Object.entries(overlay).sort(([a], [b]) => a < b ? -1 : 1), (_key, value: unknown) => {
    if (value instanceof RegExp) return String(value)
    if (typeof value !== 'function') return value
    const id = functionIds.get(value) ?? ++functions
    functionIds.set(value, id)
    return { function: id }
  })
}
