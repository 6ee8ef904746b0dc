import type { ServerResponse } from 'node:http'

/** The headers of a response that is about to be sent. Names are lower-case. */
export interface Head { [name: string]: unknown }

/** The value is that of a request header: the origin, the requested method or the requested header names. */
export const ECHO = Symbol('the value of the request')

/** A header's value as it was computed at boot, or `ECHO`; `undefined`: the header is not sent. */
export type FieldValue = string | typeof ECHO | undefined

/** What a response carries. One is made with the policy for each way a request can end. */
export interface OutcomeFields {
  /** Whether the request's origin may read the response (Fetch, "CORS check"). */
  readonly allowed: boolean
  /** Whether CORS headers set by the handler or an upstream are replaced. They are left alone where CORS is off. */
  readonly governs: boolean
  readonly allowOrigin: FieldValue
  readonly credentials: boolean
  readonly exposedHeaders: string | undefined
  /** Whether it answers an accepted preflight, and may have the four headers below. */
  readonly preflight: boolean
  readonly allowMethods: FieldValue
  readonly allowHeaders: FieldValue
  readonly maxAge: string | undefined
  readonly cacheControl: string | undefined
  readonly vary: string | undefined
}

/** In any form that Node.js takes. */
export type WriteHead = (this: ServerResponse, ...args: unknown[]) => ServerResponse

/** The fields, and the function that puts them on a response with Node's own `writeHead`. */
export interface Outcome extends OutcomeFields {
  readonly writeHead: WriteHead
}

/** Every CORS response header, lower-case. */
export const CORS_HEADERS: readonly string[] = Object.freeze([
  'access-control-allow-origin', 'access-control-allow-credentials', 'access-control-allow-methods',
  'access-control-allow-headers', 'access-control-max-age', 'access-control-expose-headers'
])
