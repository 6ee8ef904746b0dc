import swagger from '@fastify/swagger'
import Fastify from 'fastify'
import t from 'tap'
import corsPlugin from '../../index'
import { ALLOWED, preflight } from '../support/exchange'

for (const order of ['before', 'after']) {
  for (const mode of ['openapi', 'swagger'] as const) {
    t.test(`the preflight route is in no document, ${mode}, swagger registered ${order}`, async t => {
      const app = Fastify()
      const options = { [mode]: {} }
      if (order === 'before') await app.register(swagger, options)
      await app.register(corsPlugin, { origin: [ALLOWED], logLevel: 'warn' })
      if (order === 'after') await app.register(swagger, options)
      app.get('/a', () => 'a')
      app.options('/own', () => 'own')
      await app.ready()
      const document = app.swagger() as { paths: Record<string, object> }
      t.strictSame(Object.entries(document.paths).map(([path, methods]) => [path, Object.keys(methods)]),
        [['/a', ['get']], ['/own', ['options']]])
      t.equal((await preflight(app, 'GET', '/a')).status, 204)
    })
  }
}
