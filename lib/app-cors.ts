import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import type { FastifyInstance } from 'fastify'
import type * as Explain from './diagnose/explain'
import type { Explanation } from './diagnose/explanation'
import type { ExplainRequest } from './diagnose/input'
import type * as Print from './diagnose/print'
import type * as PrintedRoutes from './diagnose/printed-routes'
import type { Application } from './routing/application'
import { FST_CORS_NOT_READY } from './errors'
import type * as Allows from './server/allows'
import type * as HeadersFor from './server/headers-for'
import type * as Reconfigure from './routing/reconfigure'
import type { CorsOptions } from './options/schema'

// Most applications call none of these methods, so each loads its modules when it is first called.
const explaining = (): typeof Explain => require('./diagnose/explain')
const printing = (): typeof Print => require('./diagnose/print')
const printedRoutes = (): typeof PrintedRoutes => require('./diagnose/printed-routes')
const reconfiguring = (): typeof Reconfigure => require('./routing/reconfigure')
const headersFor = (): typeof HeadersFor => require('./server/headers-for')
const allowing = (): typeof Allows => require('./server/allows')

/** The methods of `app.cors`. */
export interface Cors {
  /**
   * Explains what a browser would do with a request from a page to this application, and why. Nothing is sent, and no
   * hook or handler runs. The `origin` function and the `delegator` do run, with a request object made from the URL,
   * the method and the headers. The steps are those of the Fetch standard; the codes are Chromium's.
   *
   * Rejects with `FST_CORS_INVALID_REQUEST` if the request cannot be read, and with `FST_CORS_NOT_READY` before the
   * application is ready.
   *
   * @example
   * const { allowed, code, fix } = await app.cors.explain({ origin: 'https://app.example.com', method: 'PUT', url: '/users/42' })
   */
  explain (request: ExplainRequest): Promise<Explanation>

  /**
   * Lists every route with its methods, the origins that may read it, credentials, exposed headers, and the registration
   * that governs it. A `delegator` may give other options for a request; its options are not shown.
   *
   * By default the result is text for a terminal: each policy once, with its routes below it. With `{ json: true }` it is
   * a list with an entry for each route. Both are sorted, so they can be kept as a snapshot. The text shows only the first
   * 20 entries of a longer list; the data has all of them. Neither has routes that were added before the plugin was
   * loaded, or in a context that is older; the text says if there may be any.
   *
   * Throws `FST_CORS_NOT_READY` before the application is ready.
   *
   * @example
   * console.log(app.cors.print())
   */
  print (options?: { readonly json?: false | undefined }): string
  print (options: { readonly json: true }): PrintedRoutes.PrintedRoute[]

  /**
   * Replaces all options of a registration: the one in this context that has the same `paths`. Options that are left out
   * get their defaults, except `logLevel`, which stays as it is. Each request is answered wholly by the old options or wholly by the new ones.
   *
   * Throws `FST_CORS_INVALID_OPTIONS`, also if the new options do not go with the `config.cors` of a route;
   * `FST_CORS_NO_SUCH_REGISTRATION`; or `FST_CORS_FIXED_OPTION` if `logLevel` differs. It then changes nothing.
   *
   * @example
   * app.cors.reconfigure({ origin: await originsFromDatabase(), credentials: true })
   */
  reconfigure (options: CorsOptions): void

  /**
   * Returns the CORS headers and the `Vary` that a response to this message carries (Fetch, "HTTP responses"), for code
   * that responds outside of Fastify's hooks. Header names are in lower case; without a registration that governs the
   * message there are none. The result is a promise only if an `origin` function or a `delegator` returns one. If such a
   * function throws, the headers are those for a refused origin, and the error is logged.
   *
   * @example
   * Fastify({ frameworkErrors: (error, request, reply) => { reply.headers(app.cors.headersFor(request.raw)).code(400).send(error) } })
   */
  headersFor (message: IncomingMessage | Http2ServerRequest): HeadersFor.CorsHeaders | Promise<HeadersFor.CorsHeaders>

  /**
   * Resolves to whether the policy lets this message in: its origin is allowed or the site's own, or it has no `Origin`. It is
   * for code that attaches to `app.server` beside Fastify, which `enforce` cannot see: `allowRequest` of socket.io,
   * `verifyClient` of ws. The policy is that of the message's route. If it has no route, it is the policy of the registration
   * at its path; if there is no such registration, other origins are not let in. A refusal is logged.
   *
   * The result is always a promise, so that it does not depend on the options. A promise is truthy: wait for it, because
   * `verifyClient: ({ req }) => app.cors.allows(req)` would let in everyone.
   *
   * Rejects with what the `origin` function or the `delegator` throws, with `FST_CORS_ORIGIN_FUNCTION` or
   * `FST_CORS_DELEGATOR` if one of them returns something that is not valid, and with `FST_CORS_NOT_READY` before the
   * application is ready. Do not let the message in then.
   *
   * @example
   * new WebSocketServer({ server: app.server, verifyClient: ({ req }, done) => { app.cors.allows(req).then(done, () => done(false, 500)) } })
   */
  allows (message: IncomingMessage | Http2ServerRequest): Promise<boolean>
}

/** Makes the `app.cors` of a context. `reconfigure` depends on the context; the other methods do not. */
export function corsOf (application: Application, instance: FastifyInstance): Cors {
  return {
    explain: request => explaining().explain(application, request),
    print: ((options?: { json?: boolean }) => print(application, options?.json === true)) as Cors['print'], // the overloads tie the result to `json`
    reconfigure: options => { reconfiguring().reconfigure(application, instance, options) },
    headersFor: message => headersFor().headersFor(application, message as IncomingMessage), // an HTTP/2 message has all properties that are read
    allows: message => allowing().allows(application, message as IncomingMessage) // as above
  }
}

function print (application: Application, json: boolean): string | PrintedRoutes.PrintedRoute[] {
  if (!application.isReady) throw new FST_CORS_NOT_READY('print')
  const routes = printedRoutes().printedRoutes(application)
  return json ? routes : printing().printText(routes, application.seesAll)
}
