import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { ALLOWED, preflight } from '../support/exchange'

const HOOK = /`onRequest` hook/

async function assumptions (build: (app: FastifyInstance) => void, method = 'PUT'): Promise<string[]> {
  const app = Fastify()
  build(app)
  app.put('/a', () => 'a')
  app.get('/a', () => 'a')
  await app.ready()
  return (await app.cors.explain({ origin: ALLOWED, method, url: '/a' })).assumptions.filter(text => HOOK.test(text))
}

t.test('hooks that meet a preflight before the plugin are among the assumptions, by name', async t => {
  const build = (app: FastifyInstance) => {
    app.addHook('onRequest', async function redirectToHttps (_request, reply) { return await reply.redirect('https://api.test/', 308) })
    app.addHook('onRequest', (_request, _reply, done) => { done() })
    app.register(corsPlugin, { origin: [ALLOWED] })
    app.addHook('onRequest', async function later () {})
  }
  t.strictSame(await assumptions(build), [
    'the `onRequest` hook `redirectToHttps`, which runs before that of fastify-cors-policy, does not answer the preflight',
    'the `onRequest` hook without a name, which runs before that of fastify-cors-policy, does not answer the preflight'
  ])
  t.strictSame(await assumptions(build, 'GET'), [], 'there is no preflight')
  const app = Fastify()
  build(app)
  t.equal((await preflight(app, 'PUT', '/a')).status, 308, 'as it does')
})

t.test('hooks after the plugin, and those of a context, never meet a preflight', async t => {
  t.strictSame(await assumptions(app => {
    app.register(corsPlugin, { origin: [ALLOWED] })
    app.addHook('onRequest', async function later () {})
    app.register(async child => { child.addHook('onRequest', async function inside () {}) })
  }), [])
})
