import type { Settings } from '../options/settings'
import { parseOverlay } from '../options/check'
import { compile, compileOff } from '../policy/compile'
import type { Policy } from '../policy/policy'
import type { Outcome } from '../response/outcome'
import type { Registration } from './contexts'
import type { Declaration } from './recorder'

/** What a route says in `config.cors`, unchecked. */
export type Overlay = unknown

/**
 * What of a preflight decides, for all that a cache knows, which policy answers at its URL: nothing, the requested method, or
 * all that is requested, where several candidates may answer (Fetch, "CORS protocol and HTTP caches").
 */
export type VariesBy = 'nothing' | 'method' | 'all'

/** A policy, and where it comes from. */
export interface Governing {
  readonly registration: Registration
  readonly layer: Layer
  /** The `config.cors` of the route that is laid over the layer's options. */
  readonly overlay: Overlay
  readonly policy: Policy
  /** Whether a function of the options has a say: the delegator, or `origin`. */
  readonly asks: boolean
  /** Answers to preflights that depend on the routes at the URL, each made when it is first needed. */
  readonly answers: { readonly [V in VariesBy]: Map<number, PreflightAnswer> }
}

/** A policy that the request announced by a preflight may meet, and the route that has it if one is known. */
export interface Candidate {
  readonly governing: Governing
  readonly route: Declaration | undefined
}

/** An accepted or refused preflight's answer, and the methods in it. */
export interface PreflightAnswer {
  readonly outcome: Outcome
  readonly methods: Policy['preflight']['methods']
}

/** A set of valid options with its policy, and the policies of the routes that lay theirs over it. */
export class Layer {
  readonly settings: Settings
  /** The options as they are. */
  readonly plain: Governing
  /** The options with CORS switched off. */
  readonly off: Governing
  /** What answers preflights where these options govern every route. */
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
   * What governs a route with this overlay. Overlays with the same content have the same policy. Throws
   * `FST_CORS_INVALID_OPTIONS`, in which `subject` says where the overlay stands; an overlay that was found to be valid
   * needs none.
   */
  with (overlay: Overlay, subject = anyRoute): Governing {
    const known = this.#byOverlay.get(overlay)
    if (known !== undefined) return known
    const laid = parseOverlay(this.settings, overlay, subject(), 'route')
    const content = contentOf(overlay as object) // it has just been found to be one
    const policy = this.#byContent.get(content) ?? compile(laid)
    const governing = this.#governing(overlay, policy)
    this.#byContent.set(content, policy)
    this.#byOverlay.set(overlay, governing)
    return governing
  }

  /** The layer of what a delegator has returned. Throws `FST_CORS_INVALID_OPTIONS`; an object is read once, and frozen, since changes would have no effect. */
  delegated (result: unknown): Layer {
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

/** What tells overlays apart: functions by identity, all else by value. */
function contentOf (overlay: object): string {
  return JSON.stringify(Object.entries(overlay).sort(([a], [b]) => a < b ? -1 : 1), (_key, value: unknown) => {
    if (value instanceof RegExp) return String(value)
    if (typeof value !== 'function') return value
    const id = functionIds.get(value) ?? ++functions
    functionIds.set(value, id)
    return { function: id }
  })
}
