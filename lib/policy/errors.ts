import createError from '@fastify/error'

export const FST_CORS_ORIGIN_FUNCTION = createError<[string]>(
  'FST_CORS_ORIGIN_FUNCTION',
  'the `origin` function returned %s: return `true` to allow the origin, `false` to refuse it, or the origin to allow as a browser writes it, e.g. "https://app.example.com"',
  500
)
