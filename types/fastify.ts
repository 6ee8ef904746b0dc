import type { RouteCorsOptions } from '../lib/options/schema'

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * The route's own CORS options, laid over those of the registration that governs it;
     * `false` switches CORS off for the route.
     */
    cors?: boolean | RouteCorsOptions
  }
}
