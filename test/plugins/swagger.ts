import swagger from '@fastify/swagger'
import { BOTH_ORDERS, BOTH_PLACES, start } from './beside'
import type { Beside } from './beside'
import { keepsPromises } from './promises'

// It documents every route that is added, and this plugin adds one.
export const swaggerBeside: Beside = {
  name: '@fastify/swagger',
  checked: 'the route that answers preflights is in no document, OpenAPI or Swagger 2; OPTIONS routes of the application are',
  orders: BOTH_ORDERS,
  places: BOTH_PLACES,
  async check (t, setting) {
    for (const mode of ['openapi', 'swagger'] as const) {
      let document = () => ({})
      const running = await start(t, setting, {
        other: scope => scope.register(swagger, { [mode]: {} }),
        routes: scope => {
          scope.get('/a', () => 'a')
          scope.put('/a', () => 'a')
          scope.options('/own', () => 'own')
          document = () => scope.swagger()
        }
      })
      await keepsPromises(t, running, { read: '/a', write: { method: 'PUT', path: '/a' } })
      const { paths } = document() as { paths: Record<string, object> }
      t.strictSame(Object.entries(paths).map(([path, methods]) => [path, Object.keys(methods).sort()]),
        [[running.at('/a'), ['get', 'put']], [running.at('/own'), ['options']]])
    }
  }
}
