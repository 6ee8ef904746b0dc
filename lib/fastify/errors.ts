import createError from '@fastify/error'

// A refusal is an answer, not a fault of the application: no stack is captured for it, which
// would cost more than all the rest of a refused preflight.
const CAPTURE_STACK = false

export const FST_CORS_ORIGIN_NOT_ALLOWED = createError<[string]>(
  'FST_CORS_ORIGIN_NOT_ALLOWED', '%s', 403, Error, CAPTURE_STACK)

export const FST_CORS_OFF = createError<[string, string]>(
  'FST_CORS_OFF', 'CORS preflight refused: CORS is off for %s %s', 403, Error, CAPTURE_STACK)

export const FST_CORS_PREFLIGHT_WOULD_REFUSE = createError<[string, string, string]>(
  'FST_CORS_PREFLIGHT_WOULD_REFUSE',
  'CORS request refused: the policy of %s %s does not accept it from origin %s', 403, Error, CAPTURE_STACK)

export const FST_CORS_UNGOVERNED_ROUTE = createError<[string]>(
  'FST_CORS_UNGOVERNED_ROUTE',
  'config.cors of %s has no effect, because no registration of fastify-cors-policy governs the route. Register the plugin in the context of the route or in one around it, with `paths` that match it, or remove config.cors.',
  500)

export const FST_CORS_COVERED_REGISTRATION = createError<[string]>(
  'FST_CORS_COVERED_REGISTRATION',
  'this registration would never govern a request: an earlier one in the same context %s. Put the narrower registration first, or give the earlier one narrower `paths`.',
  500)
