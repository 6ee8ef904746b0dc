import createError from '@fastify/error'

export const FST_CORS_INVALID_REQUEST = createError<[string]>(
  'FST_CORS_INVALID_REQUEST', 'app.cors.explain() cannot read this request: %s', 500, TypeError)
