import type { FastifyInstance } from 'fastify'
import { FST_CORS_COVERED_REGISTRATION } from '../errors'
import type { Settings } from '../options/settings'
import { coversPaths, pathMatcher, prefixMatcher } from './paths'
import type { PathMatcher, PathReader } from './paths'
import { Layer } from './layer'
import { depthOf } from './recorder'

/** One `register(corsPlugin, options)` in one context. */
export interface Registration {
  /** `undefined` means every path. */
  readonly paths: PathMatcher | undefined
  readonly instance: FastifyInstance
  /** The plugins that were running in the context when it was registered, as Fastify names them: the first one made the context. */
  readonly plugins: string
  /** The current layer. `reconfigure` swaps it atomically; a request keeps the one it started with. */
  layer: Layer
}

/** An encapsulation context with at least one registration. */
export interface Context {
  readonly instance: FastifyInstance
  readonly registrations: Registration[]
  /** How many contexts are around it. */
  readonly depth: number
  /** Whether a path is below the prefix of the context. */
  readonly contains: (path: string) => boolean
  /** The registrations that may govern here: those of this context first, then those of the contexts around it. */
  chain: readonly Registration[]
  /** The registration that governs every path here, if there is one. */
  everywhere: Registration | undefined
}

const kContext = Symbol('fastify-cors-policy.context')

/** An instance with a property that only this module reads. */
type Contextual = FastifyInstance & { [kContext]?: Context }

/** Contexts inherit from each other, so this finds the nearest one with a registration. */
export function contextOf (instance: FastifyInstance): Context | undefined {
  return (instance as Contextual)[kContext]
}

/** The registration that governs a request to this URL in this context. The URL is read only if `paths` have to be compared with it. */
export function registrationFor (instance: FastifyInstance, read: PathReader, url: string): Registration | undefined {
  const context = (instance as Contextual)[kContext]
  if (context === undefined) return undefined
  if (context.everywhere !== undefined) return context.everywhere
  const path = read(url)
  return path === undefined ? undefined : registrationAt(context, path)
}

/** The registration that governs a path, as the router reads it, in this context. */
export function registrationAt ({ everywhere, chain }: Context, path: string): Registration | undefined {
  return everywhere ?? chain.find(({ paths }) => paths === undefined || paths.matches(path))
}

/** The context of this instance, and not one that it inherits. */
export function ownContextOf (instance: FastifyInstance): Context | undefined {
  return Object.hasOwn(instance, kContext) ? contextOf(instance) : undefined
}

export function ensureContext (instance: FastifyInstance, read: PathReader): Context {
  const known = ownContextOf(instance)
  if (known !== undefined) return known
  const context: Context = { instance, registrations: [], depth: depthOf(instance), contains: prefixMatcher(instance.prefix, read), chain: [], everywhere: undefined }
  Object.defineProperty(instance, kContext, { value: context })
  return context
}

export function addRegistration (context: Context, settings: Settings, read: PathReader): Registration {
  const paths = settings.paths === undefined ? undefined : pathMatcher(settings.paths, read)
  const covering = context.registrations.find(earlier => coversPaths(earlier.paths, paths))
  if (covering !== undefined) throw new FST_CORS_COVERED_REGISTRATION(reach(paths), reach(covering.paths))
  const registration = makeRegistration(context.instance, paths, settings)
  context.registrations.push(registration)
  return registration
}

/** A registration and its layer refer to each other, so the registration is made first, without a layer. */
function makeRegistration (instance: FastifyInstance, paths: PathMatcher | undefined, settings: Settings): Registration {
  const registration = { instance, paths, plugins: instance.pluginName } as Registration // completed in the next line
  registration.layer = new Layer(registration, settings)
  return registration
}

function reach (paths: PathMatcher | undefined): string {
  return paths === undefined ? 'every path' : paths.patterns.join(', ')
}

/** Sets `chain` and `everywhere` of each context. A chain ends with the first registration without `paths`, which governs every path. */
export function linkContexts (contexts: Iterable<Context>): void {
  for (const context of contexts) {
    context.chain = chainFrom(context)
    const [first] = context.chain
    context.everywhere = first?.paths === undefined ? first : undefined
  }
}

function chainFrom (context: Context | undefined): Registration[] {
  if (context === undefined) return []
  const last = context.registrations.findIndex(({ paths }) => paths === undefined)
  if (last !== -1) return context.registrations.slice(0, last + 1)
  const parent = Object.getPrototypeOf(context.instance) as FastifyInstance // contexts are linked by prototype
  return [...context.registrations, ...chainFrom(contextOf(parent))]
}
