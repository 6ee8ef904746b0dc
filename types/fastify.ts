import type { Cors } from '../lib/app-cors'
import type { RouteCorsOptions } from '../lib/options/schema'

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Of fastify-cors-policy: `explain`, `print`, `reconfigure` and `headersFor`. There once the
     * plugin has loaded.
     */
    readonly cors: Cors
  }
  interface FastifyContextConfig {
    /**
     * The route's own CORS options, laid over those of the registration that governs it;
     * `false` switches CORS off for the route.
     */
    cors?: boolean | RouteCorsOptions
  }
}
