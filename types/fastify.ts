import type { Cors } from '../lib/app-cors'
import type { RouteCorsOptions } from '../lib/options/schema'

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * The methods of fastify-cors-policy: `explain`, `print`, `reconfigure`, `headersFor` and `allows`.
     * `undefined` until the plugin has loaded.
     */
    readonly cors: Cors
  }
  interface FastifyContextConfig {
    /**
     * The CORS options of this route. An object is laid over the options of the registration that governs the
     * route; `true` keeps those as they are, as if there were no `config.cors`; `false` switches CORS off for the route.
     *
     * @example
     * app.get('/status', { config: { cors: { origin: '*', credentials: false } } }, handler)
     */
    cors?: boolean | RouteCorsOptions
  }
}
