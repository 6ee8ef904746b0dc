import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Fastify from 'fastify'
import t from 'tap'
import corsPlugin, { type CorsOptions } from '../../index'
import { root } from '../support/root'
import type { EngineName } from './engine'
import { engineNames, launch, without } from './engines'
import type { Seen } from './proof/outcome'
import { runForReal } from './proof/real'
import { type Init, type Places, type Scenario, type Served, isPreflight } from './proof/scenario'
import { startServer } from './proof/server'
import { runInTesting, testingBrowser } from './proof/testing'

// How many preflights a session of a page sends: 30 requests to 5 URLs, six to each, with `Authorization`, and some of them with
// another header.

const requests: readonly Init[] = [
  { headers: { authorization: 'Bearer x' } },
  { method: 'PUT', headers: { authorization: 'Bearer x', 'content-type': 'application/json' }, body: '{}' },
  { headers: { authorization: 'Bearer x', 'x-request-id': '1' } }
]

interface Session {
  /** As the documentation has it. */
  readonly answer: string
  readonly preflights: Readonly<Record<EngineName, number>>
  readonly credentials?: 'include'
  serve (places: Places): Promise<Served>
}

const sessions: readonly Session[] = [
  { answer: '`*, Authorization`', preflights: { firefox: 25, chromium: 5, webkit: 5 }, serve: listing(() => '*, Authorization') },
  { answer: '`*, Authorization, Content-Type`', preflights: { firefox: 15, chromium: 5, webkit: 5 }, serve: listing(() => '*, Authorization, Content-Type') },
  { answer: '`*, Authorization, Content-Type` and the requested names', preflights: { firefox: 10, chromium: 5, webkit: 5 }, serve: listing(asked => `*, Authorization, Content-Type, ${asked}`) },
  { answer: 'a list', preflights: { firefox: 5, chromium: 5, webkit: 5 }, serve: listing(() => 'Authorization, Content-Type, X-Request-Id') },
  { answer: 'the requested names alone', preflights: { firefox: 15, chromium: 25, webkit: 25 }, serve: listing(asked => asked) },
  { answer: 'this plugin', preflights: { firefox: 10, chromium: 5, webkit: 5 }, serve: withPlugin({}) },
  { answer: 'this plugin, with a list as `allowedHeaders`', preflights: { firefox: 5, chromium: 5, webkit: 5 }, serve: withPlugin({ allowedHeaders: ['Authorization', 'Content-Type', 'X-Request-Id'] }) },
  { answer: 'this plugin, with credentials', preflights: { firefox: 15, chromium: 25, webkit: 25 }, credentials: 'include', serve: withPlugin({ credentials: true, dangerously: { insecureOrigins: true } }) },
  { answer: 'this plugin, with credentials and a list', preflights: { firefox: 5, chromium: 5, webkit: 5 }, credentials: 'include', serve: withPlugin({ credentials: true, allowedHeaders: ['Authorization', 'Content-Type', 'X-Request-Id'], dangerously: { insecureOrigins: true } }) }
]

/** A server that answers preflights with these headers, for ten minutes. */
function listing (list: (asked: string) => string): Session['serve'] {
  return async () => ({
    handle (request, response) {
      response.writeHead(204, {
        'access-control-allow-origin': '*',
        ...isPreflight(request) && {
          'access-control-allow-methods': 'PUT',
          'access-control-allow-headers': list(String(request.headers['access-control-request-headers'])),
          'access-control-max-age': '600'
        }
      }).end()
    }
  })
}

function withPlugin (options: Partial<CorsOptions>): Session['serve'] {
  return async ({ origin }) => {
    const app = Fastify()
    app.register(corsPlugin, { origin, maxAge: 600, ...options } as CorsOptions) // a spread loses the union of `origin`
    app.route({ method: ['GET', 'PUT'], url: '/:id', handler: async () => null })
    await app.ready()
    return { handle: app.routing, app }
  }
}

function scenarioOf ({ answer, credentials, serve }: Session): Scenario {
  const urls = Array.from({ length: 5 }, (_, i) => `{api}/${i}`)
  const rounds = [...requests, ...requests]
  const steps = rounds.flatMap(init => urls.map(url => ({ url, init: { ...init, ...credentials && { credentials } }, wait: 0 })))
  return { told: answer, page: 'http://app.test', steps, serve }
}

const preflightsIn = ({ requests }: Seen) => requests.filter(line => line.includes(' OPTIONS ')).length

for (const name of engineNames) {
  t.test(`the preflights of a session in ${name}`, { skip: without(name) }, async t => {
    const server = await startServer()
    const engine = await launch(name, server)
    try {
      const scenarios = sessions.map(scenarioOf)
      const real = await runForReal(engine, server, scenarios)
      for (const [i, { answer, preflights }] of sessions.entries()) {
        const one = real.find(({ scenario }) => scenario === scenarios[i])
        if (one === undefined) throw new Error(`${answer} did not run`)
        t.ok(one.engine.outcomes.every(({ kind }) => kind === 'read'), `${answer}: every request succeeds`)
        t.equal(preflightsIn(one.engine), preflights[name], answer)
        t.equal(preflightsIn(await runInTesting(testingBrowser(name, server.port), server, one)), preflights[name], `${answer}, in the browser for tests`)
      }
    } finally {
      await engine.close()
      await server.close()
    }
  })
}

t.test('the documentation has these numbers, row by row', async t => {
  const documented = readFileSync(join(root, 'docs/engines.md'), 'utf8')
  const rows = sessions.map(({ answer, preflights: { firefox, chromium, webkit } }) => `| ${answer} | ${firefox} | ${chromium} | ${webkit} |\n`).join('')
  const [, shown] = /^\| `Access-Control-Allow-Headers` .*\n.*\n((?:\|.*\n)*)/m.exec(documented) ?? []
  t.equal(shown, rows)
})
