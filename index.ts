import fp from 'fastify-plugin'
import type { FastifyInstance, FastifyPluginCallback } from 'fastify'
import { corsOf } from './lib/app-cors'
import type { Cors as ApplicationCors } from './lib/app-cors'
import type { Explanation as Answer } from './lib/diagnose/explanation'
import type { ExplainRequest as AskedRequest } from './lib/diagnose/input'
import { addPreflightConstraint, addPreflightRoute, onRequestHook, onSendHook } from './lib/server/hooks'
import { applicationOf, enrol } from './lib/routing/application'
import type { Application } from './lib/routing/application'
import { serve, servingRegister } from './lib/routing/copies'
import type { RefusedMessage as Refused } from './lib/server/report'
import { FST_CORS_CALLED } from './lib/errors'
import { checkOptions, parseOptions } from './lib/options/parse'
import type { InvalidOptionsError as InvalidOptions } from './lib/options/parse'
import type { CorsOptions as Options, RouteCorsOptions as RouteOptions } from './lib/options/schema'
import type { Problem as AnyProblem } from './lib/options/problems'
import type { OriginFunction as Decide } from './lib/options/settings'
import type { PrintedRoute as Printed } from './lib/diagnose/printed-routes'
import './types/fastify'

/** Adds the hooks, `app.cors` and the preflight constraint to an application. Runs once, at its first registration. */
function install (application: Application): void {
  const { root } = application
  addPreflightConstraint(application)
  root.decorate('cors', { getter (this: FastifyInstance) { return corsOf(application, this) } })
  root.addHook('onRequest', onRequestHook(application))
  root.addHook('onSend', onSendHook(application))
  serve(root, __dirname, register)
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
    servingRegister(instance, __dirname, register)(instance, options)
    done()
  } catch (error) {
    done(error as Error) // nothing but Errors is thrown here
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
 * Adds CORS to a Fastify 5 application, as the Fetch standard defines it ("CORS protocol").
 *
 * The options govern the routes of the context in which the plugin is registered, and of the contexts inside it.
 * Every option has a default: without options, any origin may read responses, without credentials.
 *
 * Registration fails with `FST_CORS_INVALID_OPTIONS`, which lists every problem of the options, or with
 * `FST_CORS_COVERED_REGISTRATION` if an earlier registration in the same context already governs all of its paths. If an
 * application has several copies of this package, the first to register serves all; `FST_CORS_OLD_COPY` if it is too old to.
 * `app.ready()` fails with `FST_CORS_UNGOVERNED_ROUTE` if a route has a `config.cors` and no registration governs it.
 *
 * @example
 * app.register(corsPlugin, { origin: ['https://app.example.com'], credentials: true, maxAge: 7200 })
 */
const corsPlugin = fp(plugin, { name: 'fastify-cors-policy', fastify: '5.x' }) as CorsPlugin // its properties are added below

Object.assign(corsPlugin, { corsPlugin, default: corsPlugin, check: checkOptions })

// Node.js reads this file, without running it, to find the names that an ES module can import from it.
module.exports.corsPlugin = corsPlugin
module.exports.check = checkOptions

// The namespace has only types, and the name of the constant, so that one import gives both.
// eslint-disable-next-line @typescript-eslint/no-redeclare
namespace corsPlugin {
  /** The options of `app.register(corsPlugin, options)`. */
  export type CorsOptions = Options
  /** The options of a route, in `config.cors`. */
  export type RouteCorsOptions = RouteOptions
  /** The error for invalid options. `problems` lists each problem with its code, the JSON pointer of the value, and texts. */
  export type InvalidOptionsError = InvalidOptions
  /** A problem of a set of options, as data: its code, the JSON pointer of the value, and texts. */
  export type Problem = AnyProblem
  /** The type of an `origin` function: `(origin, request) => boolean | string`, or a promise of either. */
  export type OriginFunction = Decide
  /** The type of `app.cors`. */
  export type Cors = ApplicationCors
  /** The request that `app.cors.explain` takes. */
  export type ExplainRequest = AskedRequest
  /** The result of `app.cors.explain`. */
  export type Explanation = Answer
  /** An entry of the list that `app.cors.print({ json: true })` returns. */
  export type PrintedRoute = Printed
  /** The message that the diagnostics channel `fastify-cors-policy:refused` publishes for each refusal. */
  export type RefusedMessage = Refused
}

export = corsPlugin
