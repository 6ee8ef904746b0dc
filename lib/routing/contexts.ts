import type { FastifyInstance } from 'fastify'
import type { Settings } from '../options/settings'
import { coversPaths, pathMatcher, prefixMatcher } from '../policy/paths'
import type { PathMatcher, PathReader } from '../policy/paths'
import { FST_CORS_COVERED_REGISTRATION } from '../errors'
import { layer } from './layer'
import type { Layer } from './layer'

/** One `register(corsPlugin, options)` in one context. */
export interface Registration {
  /** `undefined`: every path. */
  readonly paths: PathMatcher | undefined
  readonly instance: FastifyInstance
  /** What holds now; another takes its place at once and whole. A request keeps to the one that it began with. */
  layer: Layer
}

/** The registrations of one encapsulation context. */
export interface Scope {
  readonly instance: FastifyInstance
  readonly registrations: Registration[]
  /** Whether a path is below the prefix of the context. */
  readonly contains: (path: string) => boolean
  /** Who may govern here, nearest first: this context's registrations, then those around it. */
  chain: readonly Registration[]
}

const kScope = Symbol('fastify-cors-policy.scope')

/** Contexts inherit from each other, so this finds the nearest scope. */
export function scopeOf (instance: FastifyInstance): Scope | undefined {
  return (instance as FastifyInstance & { [kScope]?: Scope })[kScope] // a private slot on the instance
}

/** Whether a registration has loaded in just this context. */
export function hasOwnScope (instance: FastifyInstance): boolean {
  return Object.hasOwn(instance, kScope)
}

export function ownScope (instance: FastifyInstance, read: PathReader): Scope {
  if (hasOwnScope(instance)) return scopeOf(instance) as Scope // just found to be there
  const scope: Scope = { instance, registrations: [], contains: prefixMatcher(instance.prefix, read), chain: [] }
  Object.defineProperty(instance, kScope, { value: scope })
  return scope
}

export function addRegistration (scope: Scope, settings: Settings, read: PathReader): Registration {
  const paths = settings.paths === undefined ? undefined : pathMatcher(settings.paths, read)
  const covering = scope.registrations.find(earlier => coversPaths(earlier.paths, paths))
  if (covering !== undefined) throw new FST_CORS_COVERED_REGISTRATION(reach(covering))
  const registration = { paths, instance: scope.instance, layer: layer(settings) }
  scope.registrations.push(registration)
  return registration
}

function reach ({ paths }: Registration): string {
  return paths === undefined ? 'governs every path' : `already governs ${paths.patterns.join(', ')}`
}

/** Sets who may govern in each scope; a registration without `paths` lets nothing through to its parents. */
export function linkScopes (scopes: Iterable<Scope>): void {
  for (const scope of scopes) scope.chain = chainFrom(scope)
}

function chainFrom (scope: Scope | undefined): Registration[] {
  if (scope === undefined) return []
  const open = scope.registrations.findIndex(({ paths }) => paths === undefined)
  if (open !== -1) return scope.registrations.slice(0, open + 1)
  const parent = Object.getPrototypeOf(scope.instance) as FastifyInstance // contexts are linked by prototype
  return [...scope.registrations, ...chainFrom(scopeOf(parent))]
}

/** The registration that governs a URL, or `undefined`. The URL is read only where `paths` need it. */
export function governing (chain: readonly Registration[], read: PathReader, url: string): Registration | undefined {
  const first = chain[0]
  if (first === undefined || first.paths === undefined) return first
  const path = read(url)
  if (path === undefined) return undefined
  return chain.find(({ paths }) => paths === undefined || paths.matches(path))
}
