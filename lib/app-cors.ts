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
import type * as HeadersFor from './server/headers-for'
import type * as Reconfigure from './routing/reconfigure'
import type { CorsOptions } from './options/schema'

// Most applications call none of these methods, so each loads its modules when it is first called.
const explaining = (): typeof Explain => require('./diagnose/explain')
const printing = (): typeof Print => require('./diagnose/print')
const printedRoutes = (): typeof PrintedRoutes => require('./diagnose/printed-routes')
const reconfiguring = (): typeof Reconfigure => require('./routing/reconfigure')
const answering = (): typeof HeadersFor => require('./server/headers-for')

/** What an application with the plugin has as `app.cors`. */
export interface Cors {
  /**
   * What a browser would do with a request of a page to this application, and why. Nothing is sent, and no hook or
   * handler runs; functions of the options (`origin`, `delegator`) do, with a request that has what is known of it.
   * The steps and their words are those of the Fetch standard, the codes Chromium's.
   *
   * Rejects with `FST_CORS_INVALID_REQUEST`, or before the application is ready with `FST_CORS_NOT_READY`.
   *
   * @example
   * const { allowed, code, fix } = await app.cors.explain({ origin: 'https://app.example.com', method: 'PUT', url: '/users/42' })
   */
  explain (request: ExplainRequest): Promise<Explanation>

  /**
   * Every route with its methods, who may call it, credentials, exposed headers, and the registration that governs,
   * as far as no `delegator` says otherwise: as text for a terminal, each policy once and its routes below it, or as
   * plain data, an entry for each route. Sorted, so that it can be kept as a snapshot. Of a list with more than
   * 20 entries the text shows the first; the data has them all. Routes that were added before the plugin was loaded are in
   * neither, and the text says so. Throws `FST_CORS_NOT_READY` before the application is ready.
   *
   * @example
   * console.log(app.cors.print())
   */
  print (options?: { readonly json?: false | undefined }): string
  print (options: { readonly json: true }): PrintedRoutes.PrintedRoute[]

  /**
   * Puts these options in the place of those of a registration: of this context, and with the same `paths`.
   * Each request is answered wholly by the old or wholly by the new ones.
   * Throws `FST_CORS_INVALID_OPTIONS`, `FST_CORS_NO_SUCH_REGISTRATION` or `FST_CORS_FIXED_OPTION`, and changes nothing then.
   *
   * @example
   * app.cors.reconfigure({ origin: await originsFromDatabase(), credentials: true })
   */
  reconfigure (options: CorsOptions): void

  /**
   * The CORS headers and `Vary` that an answer to this message carries (Fetch, "HTTP responses"), for code that answers
   * outside of Fastify's hooks. A promise only where an `origin` function or a `delegator` makes one; if such
   * a function throws, the headers are those of a refused origin and the error is logged.
   *
   * @example
   * Fastify({ frameworkErrors: (error, request, reply) => { reply.headers(app.cors.headersFor(request.raw)).code(400).send(error) } })
   */
  headersFor (message: IncomingMessage | Http2ServerRequest): HeadersFor.CorsHeaders | Promise<HeadersFor.CorsHeaders>
}

/** What `app.cors` is in this context. */
export function corsOf (application: Application, instance: FastifyInstance): Cors {
  return {
    explain: request => explaining().explain(application, request),
    print: ((options?: { json?: boolean }) => print(application, options?.json === true)) as Cors['print'], // as the overloads say
    reconfigure: options => { reconfiguring().reconfigure(application, instance, options) },
    headersFor: message => answering().headersFor(application, message as IncomingMessage) // its HTTP/2 twin has all that is read
  }
}

function print (application: Application, json: boolean): string | PrintedRoutes.PrintedRoute[] {
  if (!application.isReady) throw new FST_CORS_NOT_READY('print')
  const routes = printedRoutes().printedRoutes(application)
  return json ? routes : printing().textOf(routes, application.seesAll)
}
