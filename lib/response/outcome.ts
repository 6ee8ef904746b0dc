import type { ServerResponse } from 'node:http'

/** The headers of a response that is about to be sent, with names in lower case. */
export interface Head { [name: string]: unknown }

/** Stands for the value of a request header: the origin, the requested method or the requested header names. */
export const ECHO = Symbol('the value of the request')

/** Stands for any request header: `*`, and the requested names for browsers that keep `*` for nothing. */
export const ANY_AND_REQUESTED = Symbol('any header, and the names of the request')

/** A header's value as it was computed at boot, or `ECHO`. `undefined` means that the header is not sent. */
export type FieldValue = string | typeof ECHO | undefined

/** The CORS headers and `Vary` of a response. A policy has one of these for each way in which a request can end. */
export interface OutcomeFields {
  /** Whether the request's origin may read the response (Fetch, "CORS check"). */
  readonly allowed: boolean
  /** Whether CORS headers that the handler or an upstream has set are replaced. Where CORS is off, they stay. */
  readonly replacesForeign: boolean
  readonly allowOrigin: FieldValue
  readonly credentials: boolean
  readonly exposedHeaders: string | undefined
  /** Whether `Timing-Allow-Origin` repeats `Access-Control-Allow-Origin`. */
  readonly timing: boolean
  /** Whether this is the response to an accepted preflight, which may have the four headers below. */
  readonly preflight: boolean
  readonly allowMethods: FieldValue
  readonly allowHeaders: FieldValue | typeof ANY_AND_REQUESTED
  readonly maxAge: string | undefined
  readonly cacheControl: string | undefined
  readonly vary: string | undefined
}

/** `writeHead` of a response, with arguments in any form that Node.js takes. */
export type WriteHead = (this: ServerResponse, ...args: unknown[]) => ServerResponse

/** The fields, and a `writeHead` that sends them: it sets the headers and calls that of Node.js. */
export interface Outcome extends OutcomeFields {
  readonly writeHead: WriteHead
}

/** Resource Timing, "Timing-Allow-Origin". It is not a header of the CORS protocol, and the application's own is left alone without `timing`. */
export const TIMING_ALLOW_ORIGIN = 'timing-allow-origin'

/** Every CORS response header, in lower case. */
export const CORS_HEADERS: readonly string[] = Object.freeze([
  'access-control-allow-origin', 'access-control-allow-credentials', 'access-control-allow-methods',
  'access-control-allow-headers', 'access-control-max-age', 'access-control-expose-headers'
])
