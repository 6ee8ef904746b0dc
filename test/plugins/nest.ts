import 'reflect-metadata'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Test } from 'tap'
import type { NestFastifyApplication } from '@nestjs/platform-fastify' with { 'resolution-mode': 'import' }
import type { VersioningOptions } from '@nestjs/common' with { 'resolution-mode': 'import' }
import corsPlugin from '../..'
import { ALLOWED, EVIL, listen, preflightHttp, sendHttp } from '../support/exchange'
import { LIST } from './beside'
import type { Beside, Order, Running } from './beside'
import { isAccepted, keepsPromises } from './promises'

// These are ES modules. They are required, since the module loader of tap does not read all that their `exports` say.
const { Controller, Get, Module, Put, UnauthorizedException, UseGuards, VersioningType } = require('@nestjs/common') as typeof import('@nestjs/common', { with: { 'resolution-mode': 'import' } })
const { NestFactory } = require('@nestjs/core') as typeof import('@nestjs/core', { with: { 'resolution-mode': 'import' } })
const { FastifyAdapter } = require('@nestjs/platform-fastify') as typeof import('@nestjs/platform-fastify', { with: { 'resolution-mode': 'import' } })

// It owns the application, adds hooks before anybody else can, and routes when it starts.
export const nestBeside: Beside = {
  name: '@nestjs/platform-fastify',
  checked: 'registered on the adapter, without `enableCors()`: controllers, also by version, the 401 of a guard, the 404 and 500 of its filters, middleware',
  note: '`before` is Nest\'s start, and so its routes, before this plugin; `after` is `await app.register(corsPlugin)`, then `app.init()`.',
  orders: ['before', 'after'],
  places: ['root'],
  async check (t, { order }) {
    const running = await startNest(t, order)
    await keepsPromises(t, running, { read: '/cats', write: { method: 'PUT', path: '/cats' } })
    await keepsPromises(t, running, { read: '/cats/guarded', status: 401, write: { method: 'PUT', path: '/cats' } })
    await keepsPromises(t, running, { read: '/cats/broken', status: 500 })
    await keepsPromises(t, running, { read: '/nowhere', status: 404 })
    const { app } = running
    t.equal((await sendHttp(app, 'GET', '/cats')).body, 'all cats')
    t.match(JSON.parse((await sendHttp(app, 'GET', '/cats/guarded')).body), { statusCode: 401, message: 'Unauthorized' })
    t.equal((await sendHttp(app, 'GET', '/cats')).headers['x-middleware'], 'yes')
    t.ok(isAccepted(await preflightHttp(app, 'GET', '/cats/guarded')), 'a preflight is asked for no credentials')
    t.equal((await preflightHttp(app, 'PUT', '/cats', { origin: EVIL })).status, 403)
    t.equal((await preflightHttp(app, 'PUT', '/cats')).cors['access-control-allow-origin'], ALLOWED)
  },
  once: {
    'controllers of one path, by version in a header': async t => {
      const { app } = await startNest(t, 'after', { type: VersioningType.HEADER, header: 'x-version' })
      for (const [version, body] of [['1', 'renamed'], ['2', 'renamed again']] as const) {
        t.ok(isAccepted(await preflightHttp(app, 'PUT', '/dogs', { headers: { 'access-control-request-headers': 'x-version' } })))
        const answer = await sendHttp(app, 'PUT', '/dogs', { headers: { 'x-version': version } })
        t.equal(answer.body, body)
        t.strictSame(answer.cors, { 'access-control-allow-origin': ALLOWED, vary: 'Origin' })
      }
      t.equal((await preflightHttp(app, 'PUT', '/dogs', { origin: EVIL })).status, 403)
      const { allowed } = await app.cors.explain({ origin: ALLOWED, method: 'PUT', url: '/dogs', headers: { 'x-version': '2' } })
      t.equal(allowed, true)
    }
  }
}

/** Nest's decorators are applied by hand, since the compiler has others. */
async function startNest (t: Test, order: Order, versioning?: VersioningOptions): Promise<Running> {
  class Guard { canActivate (): boolean { throw new UnauthorizedException() } }
  class Cats {
    all (): string { return 'all cats' }
    rename (): string { return 'renamed' }
    guarded (): string { return 'never' }
    broken (): string { throw new Error('broken') }
  }
  const decorate = (key: keyof Cats, ...decorators: MethodDecorator[]) => {
    const descriptor = Object.getOwnPropertyDescriptor(Cats.prototype, key)
    for (const each of decorators) if (descriptor !== undefined) each(Cats.prototype, key, descriptor)
  }
  decorate('all', Get())
  decorate('rename', Put())
  decorate('guarded', Get('guarded'), UseGuards(Guard))
  decorate('broken', Get('broken'))
  Controller('cats')(Cats)
  class App {}
  Module({ controllers: versioning === undefined ? [Cats] : [dogsOf('1', 'renamed'), dogsOf('2', 'renamed again')] })(App)

  const adapter = new FastifyAdapter()
  const app = adapter.getInstance()
  const nest = await NestFactory.create<NestFastifyApplication>(App, adapter, { logger: false })
  t.teardown(() => nest.close())
  nest.use((_req: IncomingMessage, res: ServerResponse, next: () => void) => { res.setHeader('x-middleware', 'yes'); next() })
  if (versioning !== undefined) nest.enableVersioning(versioning)
  if (order === 'before') await nest.init()
  await nest.register(corsPlugin, LIST)
  if (order === 'after') await nest.init()
  await listen(app)
  return { app, at: path => path }
}

/** A controller of one version. */
function dogsOf (version: string, body: string): new () => object {
  class Dogs { rename (): string { return body } }
  const descriptor = Object.getOwnPropertyDescriptor(Dogs.prototype, 'rename') as PropertyDescriptor // written above
  Put()(Dogs.prototype, 'rename', descriptor)
  Controller({ path: 'dogs', version })(Dogs)
  return Dogs
}
