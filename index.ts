import fp from 'fastify-plugin'
import type { FastifyInstance, FastifyPluginCallback } from 'fastify'
import { corsOf } from './lib/app-cors'
import type { Cors as ApplicationCors } from './lib/app-cors'
import type { Explanation as Answer } from './lib/diagnose/explanation'
import type { ExplainRequest as AskedRequest } from './lib/diagnose/input'
import { addPreflightConstraint, addPreflightRoute, onRequestHook, onSendHook } from './lib/server/hooks'
import { applicationOf, enrol } from './lib/routing/application'
import type { Application } from './lib/routing/application'
import type { RefusedMessage as Refused } from './lib/server/report'
import { FST_CORS_CALLED } from './lib/errors'
import { checkOptions, parseOptions } from './lib/options/check'
import type { InvalidOptionsError as InvalidOptions } from './lib/options/check'
import type { CorsOptions as Options, RouteCorsOptions as RouteOptions } from './lib/options/schema'
import type { Problem as AnyProblem } from './lib/options/problems'
import type { OriginFunction as Decide } from './lib/options/settings'
import type { PrintedRoute as Printed } from './lib/diagnose/printed-routes'
import './types/fastify'

/** Adds the hooks, `app.cors` and the preflight constraint to an application, once, whichever context registers first. */
function install (application: Application): void {
  const { root } = application
  addPreflightConstraint(application)
  root.decorate('cors', { getter (this: FastifyInstance) { return corsOf(application, this) } })
  root.addHook('onRequest', onRequestHook(application))
  root.addHook('onSend', onSendHook(application))
}

function register (instance: FastifyInstance, options: unknown): void {
  const settings = parseOptions(options)
  const application = applicationOf(instance, install)
  enrol(application, instance, settings)
  addPreflightRoute(application, settings.logLevel)
}

const plugin: FastifyPluginCallback<Options> = (instance, options, done) => {
  if (!isInstance(instance)) throw new FST_CORS_CALLED()
  try {
    register(instance, options)
    done()
  } catch (error) {
    done(error as Error) // all that is thrown here is one
  }
}

/** Whether Fastify is the caller. Those who know Express call the plugin themselves, or use it as a middleware. */
function isInstance (value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'addHook' in value
}

interface CorsPlugin extends FastifyPluginCallback<Options> {
  /** The plugin itself, for `import { corsPlugin } from`. */
  readonly corsPlugin: CorsPlugin
  /** The plugin itself, for interoperating module systems. */
  readonly default: CorsPlugin
  /**
   * What registration would refuse these options for, without registering. An empty array: nothing.
   * Each problem has a code, the JSON pointer of the value, what is wrong, why it matters and what to write instead.
   *
   * @example
   * assert.deepEqual(corsPlugin.check(options), [])
   */
  check (options: unknown): readonly AnyProblem[]
}

/**
 * CORS for Fastify, as the Fetch standard has it ("HTTP-network fetch", "CORS protocol").
 *
 * Governs the routes of the context that it is registered in, and of the contexts inside it.
 * Registration fails with `FST_CORS_INVALID_OPTIONS`, which lists every problem of the options, or
 * with `FST_CORS_COVERED_REGISTRATION` where an earlier registration leaves nothing to govern.
 *
 * @example
 * app.register(corsPlugin, { origin: ['https://app.example.com'], credentials: true, maxAge: 7200 })
 */
const corsPlugin = fp(plugin, { name: 'fastify-cors-policy', fastify: '5.x' }) as CorsPlugin // completed below

Object.assign(corsPlugin, { corsPlugin, default: corsPlugin, check: checkOptions })

// Node finds the names that an ES module may import by reading this file, not by running it.
module.exports.corsPlugin = corsPlugin

// Types alone, so that it is one with the constant for whoever imports either.
// eslint-disable-next-line @typescript-eslint/no-redeclare
namespace corsPlugin {
  /** Options of `app.register(corsPlugin, options)`. */
  export type CorsOptions = Options
  /** Options of a route, in `config.cors`. */
  export type RouteCorsOptions = RouteOptions
  /** What a refused configuration ends with: `problems` lists each with code, pointer and words. */
  export type InvalidOptionsError = InvalidOptions
  /** What is wrong with a value, as data. */
  export type Problem = AnyProblem
  /** `(origin, request) => boolean | string`, or a promise of it. */
  export type OriginFunction = Decide
  /** What an application has as `app.cors`. */
  export type Cors = ApplicationCors
  /** What `app.cors.explain` is asked about. */
  export type ExplainRequest = AskedRequest
  /** What `app.cors.explain` answers. */
  export type Explanation = Answer
  /** What `app.cors.print({ json: true })` has for each route. */
  export type PrintedRoute = Printed
  /** What the diagnostics channel `fastify-cors-policy:refused` has for each refusal. */
  export type RefusedMessage = Refused
}

export = corsPlugin
