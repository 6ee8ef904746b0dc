import type { Settings } from '../options/settings'
import { parseOverlay } from '../options/check'
import { compile, compileOff } from '../policy/compile'
import type { Policy } from '../policy/policy'

/** What a route says in `config.cors`, unchecked. */
export type Overlay = unknown

/** A set of valid options with its policy, and the policies of the routes that lay theirs over it. */
export interface Layer {
  readonly settings: Settings
  /** The options as they are. */
  readonly plain: Policy
  /** The options with CORS switched off. */
  readonly off: Policy
  /**
   * Overlays with the same content give the same policy. Throws `FST_CORS_INVALID_OPTIONS`, with words for
   * whose the overlay is; whoever asks for one that was found to be valid needs none.
   */
  policyWith (overlay: Overlay, subject?: () => string): Policy
  /** The layer of what a delegator has returned. Throws `FST_CORS_INVALID_OPTIONS`; an object is read once. */
  delegated (result: unknown): Layer
}

export function layer (settings: Settings): Layer {
  const plain = compile(settings)
  const off = compileOff(settings)
  const byOverlay = new Map<Overlay, Policy>([[undefined, plain], [true, plain], [false, off]])
  const byContent = new Map<string, Policy>()
  const byResult = new WeakMap<object, Layer>()
  return {
    settings,
    plain,
    off,
    policyWith (overlay, subject = anyRoute) {
      const known = byOverlay.get(overlay)
      if (known !== undefined) return known
      const laid = parseOverlay(settings, overlay, subject(), 'route')
      const content = contentOf(overlay as object) // it has just been found to be one
      const policy = byContent.get(content) ?? compile(laid)
      byContent.set(content, policy)
      byOverlay.set(overlay, policy)
      return policy
    },
    delegated (result) {
      const isObject = typeof result === 'object' && result !== null
      const known = isObject ? byResult.get(result) : undefined
      if (known !== undefined) return known
      const made = layer(parseOverlay(settings, result, 'the options that the delegator returned', 'delegator'))
      if (isObject) byResult.set(result, made)
      return made
    }
  }
}

/** Whose overlay it is, where it has been found to be valid before. */
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
