import createError from '@fastify/error'

// Every error that is thrown, by its code. FST_CORS_INVALID_OPTIONS lists the problems of the options in `problems`:
// options/problems.ts has their codes, options/texts.ts and options/origin-texts.ts their words.

// A refusal is a normal response, not a fault of the application. A stack would cost more than the rest of a refused request.
const WITHOUT_STACK = false

export const FST_CORS_INVALID_OPTIONS = createError<'FST_CORS_INVALID_OPTIONS', 500, [string]>(
  'FST_CORS_INVALID_OPTIONS', '%s', 500)

export const FST_CORS_COVERED_REGISTRATION = createError<[string, string]>(
  'FST_CORS_COVERED_REGISTRATION',
  'the registration for %s would never govern a request: an earlier one in the same context governs %s. Put the narrower registration first, or give the earlier one narrower `paths`.',
  500)

export const FST_CORS_CALLED = createError(
  'FST_CORS_CALLED',
  "fastify-cors-policy is a plugin for Fastify to call, not a function that makes a middleware, as Express's cors() is. Write app.register(corsPlugin, { origin: 'https://app.example.com' }) with your options.",
  500)

export const FST_CORS_OLD_COPY = createError<[string, string]>(
  'FST_CORS_OLD_COPY',
  'another copy of fastify-cors-policy%s was registered first in this application, and it is too old to serve the registrations of the copy in %s too. Update the older one, so that both are of the same version: `npm ls fastify-cors-policy` shows which packages depend on it, and `npm dedupe` lets them share one copy.',
  500)

export const FST_CORS_UNGOVERNED_ROUTE = createError<[string, string]>(
  'FST_CORS_UNGOVERNED_ROUTE',
  'config.cors of %s has no effect, because no registration of fastify-cors-policy governs the route. Register the plugin in the context of the route or in one around it, with `paths` that match it, or remove config.cors.%s',
  500)

export const FST_CORS_NO_ROOM = createError(
  'FST_CORS_NO_ROOM',
  'the router takes 31 OPTIONS routes with constraints at the URL *, and one of them is the route of fastify-cors-policy for preflights. Give this one the URL /*, or register fastify-cors-policy after these routes.',
  500)

export const FST_CORS_DELEGATOR = createError(
  'FST_CORS_DELEGATOR', 'the delegator of the CORS options returned options that are not valid: the log has the details', 500)

export const FST_CORS_NO_SUCH_REGISTRATION = createError<[string, string]>(
  'FST_CORS_NO_SUCH_REGISTRATION',
  'reconfigure replaces the registration that has the same `paths` in the same context, and there is none %s. This context has: %s',
  500)

export const FST_CORS_FIXED_OPTION = createError<[string]>(
  'FST_CORS_FIXED_OPTION',
  'reconfigure cannot change `logLevel`, because the preflight route gets it at boot: leave it out, or register with "%s" and restart',
  500)

export const FST_CORS_NOT_READY = createError<[string]>(
  'FST_CORS_NOT_READY',
  'app.cors.%s() needs to know every route: call it when the application is ready, after `await app.ready()` or `await app.listen(…)`',
  500)

export const FST_CORS_INVALID_REQUEST = createError<[string]>(
  'FST_CORS_INVALID_REQUEST', 'app.cors.explain() cannot read this request: %s', 500, TypeError)

export const FST_CORS_ORIGIN_FUNCTION = createError<[string]>(
  'FST_CORS_ORIGIN_FUNCTION',
  'the `origin` function returned %s: return `true` to allow the origin, `false` to refuse it, or the origin to allow as a browser writes it, e.g. "https://app.example.com"',
  500)

export const FST_CORS_ORIGIN_NOT_ALLOWED = createError<[string]>(
  'FST_CORS_ORIGIN_NOT_ALLOWED', '%s', 403, Error, WITHOUT_STACK)

export const FST_CORS_OFF = createError<[string, string]>(
  'FST_CORS_OFF', 'CORS preflight refused: CORS is off for %s %s', 403, Error, WITHOUT_STACK)

export const FST_CORS_PREFLIGHT_WOULD_REFUSE = createError<[string]>(
  'FST_CORS_PREFLIGHT_WOULD_REFUSE', 'CORS request refused: %s', 403, Error, WITHOUT_STACK)
