import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { message } from '../server/message'
import { addressOf, onRequestHooksOf, rewriteUrlOf } from '../../lib/routing/internals'

t.test('what Fastify keeps to itself is found, and nothing where a version keeps it elsewhere', async t => {
  const rewriteUrl = () => '/'
  const app = Fastify({ rewriteUrl })
  const hook = async () => {}
  app.addHook('onRequest', hook)
  await app.ready()
  t.equal(rewriteUrlOf(app), rewriteUrl)
  t.equal(addressOf(app, message('GET', '/', { host: 'a.test' }))?.host, 'a.test')
  t.equal(rewriteUrlOf(Fastify()), undefined)
  t.strictSame(onRequestHooksOf(app, app), [hook])
  const unknown = {} as FastifyInstance // stands for another version of Fastify
  t.equal(rewriteUrlOf(unknown), undefined)
  t.equal(addressOf(unknown, message('GET', '/', {})), undefined)
  t.strictSame(onRequestHooksOf(unknown, unknown), [])
})
