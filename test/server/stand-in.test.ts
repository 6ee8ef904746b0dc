import Fastify from 'fastify'
import type { FastifyRequest } from 'fastify'
import t from 'tap'
import { standIn } from '../../lib/server/stand-in'
import type { Application } from '../../lib/routing/application'
import { message } from './message'

const addressOf = ({ host, hostname, port, protocol, ip, ips = [] }: FastifyRequest) => ({ host, hostname, port, protocol, ip, ips: [...ips] })

t.test('the address is that of a request, also where a version of Fastify keeps the class of its requests elsewhere', async t => {
  const app = Fastify()
  await app.ready()
  const elsewhere = { log: app.log, findRoute: () => null }
  const rows: ReadonlyArray<readonly [headers: Record<string, string>, socket: object, expected: object]> = [
    [{ host: 'a.test' }, { remoteAddress: '10.0.0.1' }, { host: 'a.test', hostname: 'a.test', port: null, protocol: 'http', ip: '10.0.0.1' }],
    [{ host: 'a.test:8443' }, { remoteAddress: '::1', encrypted: true }, { host: 'a.test:8443', hostname: 'a.test', port: 8443, protocol: 'https', ip: '::1' }],
    [{ host: '[::1]:80' }, { remoteAddress: '::1', encrypted: false }, { host: '[::1]:80', hostname: '[::1]', port: 80, protocol: 'http', ip: '::1' }],
    [{ ':authority': 'b.test' }, { remoteAddress: '::1' }, { host: 'b.test', hostname: 'b.test', port: null, protocol: 'http', ip: '::1' }],
    [{ 'x-forwarded-host': 'b.test', 'x-forwarded-proto': 'https', 'x-forwarded-for': '10.0.0.2' }, { remoteAddress: '::1' }, { host: '', hostname: '', port: null, protocol: 'http', ip: '::1' }]
  ]
  for (const [headers, socket, expected] of rows) {
    for (const root of [app, elsewhere]) {
      const application = { root } as unknown as Application // all that is read of it
      t.strictSame(addressOf(standIn(application, message('GET', '/', headers, socket), undefined)), { ...expected, ips: [] }, JSON.stringify(headers))
    }
  }
})
