import type { FastifyInstance } from 'fastify'
import { FST_CORS_OLD_COPY } from '../errors'
import { PREFLIGHT_CONSTRAINT } from './recorder'

// A dependency may bring a copy of this package of its own, perhaps of another version. Two copies in one application would
// both answer preflights and both set headers, so the first to register serves the registrations of all.

export type Register = (instance: FastifyInstance, options: unknown) => void

/** What a copy tells the others. Later versions may add properties, and keep these. */
interface Serving {
  /** The version of this interface, not of the package. */
  readonly version: number
  /** The folder of the copy, for error messages. */
  readonly folder: string
  /** Registers options, as they were given to the plugin, in a context. */
  readonly register: Register
}

const VERSION = 1

/** All copies have the same symbol. */
const kServing = Symbol.for('fastify-cors-policy.serving')

/** Tells other copies that this one serves the application. */
export function serve (root: FastifyInstance, folder: string, register: Register): void {
  Object.defineProperty(root, kServing, { value: { version: VERSION, folder, register } satisfies Serving })
}

/** The `register` of the copy that serves the application of this context: `own`, if there is none. Throws `FST_CORS_OLD_COPY`. */
export function servingRegister (instance: FastifyInstance, folder: string, own: Register): Register {
  const serving = (instance as { [kServing]?: Serving })[kServing] // contexts inherit it
  if (serving !== undefined && serving.version >= VERSION) return serving.register
  // The first releases tell nothing, but have the constraint.
  if (serving === undefined && !instance.hasConstraintStrategy(PREFLIGHT_CONSTRAINT)) return own
  throw new FST_CORS_OLD_COPY(serving === undefined ? '' : ` (in ${serving.folder})`, folder)
}
