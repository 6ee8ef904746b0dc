import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import Fastify from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { acceptsMethod, refusedHeader } from '../../lib/policy/decide'
import { ALLOWED, preflight } from '../support/exchange'

t.test('which methods a list accepts', async t => {
  t.equal(acceptsMethod({ kind: 'constant', list: ['PUT'] }, 'PUT'), true)
  t.equal(acceptsMethod({ kind: 'constant', list: ['PUT'] }, 'put'), false)
  t.equal(acceptsMethod({ kind: 'constant', list: 'any' }, 'own'), true)
  t.equal(acceptsMethod({ kind: 'requested' }, 'own'), true)
  t.equal(acceptsMethod({ kind: 'routed' }, 'own'), true)
})

t.test('which headers a list accepts, in any spelling', async t => {
  const lowerCase = new Set(['x-a', 'x-b'])
  const rows: ReadonlyArray<readonly [names: string, accepted: boolean]> = [
    ['', true], ['x-a', true], ['x-a,x-b', true], ['X-A, x-B', true], [' x-a\t,,x-b ,', true], [',', true],
    ['x-c', false], ['x-a,x-c', false], ['x-a, X-C ,x-b', false], ['x-ax-b', false], ['x-', false]
  ]
  for (const [names, accepted] of rows) {
    t.equal(refusedHeader({ kind: 'constant', lowerCase }, names) === undefined, accepted, names)
    t.equal(refusedHeader({ kind: 'constant', lowerCase: 'any' }, names), undefined, names)
    t.equal(refusedHeader({ kind: 'requested' }, names), undefined, names)
  }
})

/** The reasons that are published for a preflight with these names of headers. */
async function reasons (names: string): Promise<string[]> {
  const app = Fastify()
  await app.register(corsPlugin, { origin: ALLOWED, allowedHeaders: ['x-a'] })
  app.put('/a', () => 'a')
  const heard: string[] = []
  const listener = (message: unknown) => { heard.push((message as { readonly reason: string }).reason) } // the plugin's own messages
  subscribe('fastify-cors-policy:refused', listener)
  await preflight(app, 'PUT', '/a', { names })
  unsubscribe('fastify-cors-policy:refused', listener)
  return heard
}

t.test('the header that is not allowed is reported without blanks', async t => {
  t.strictSame(await reasons('x-a, X-B ,x-c'), ['the header X-B is not allowed'])
  t.strictSame(await reasons('X-A,\tx-a'), [])
})

t.test('a list of requested headers that is too long is not read', async t => {
  const names = (length: number) => `${'x-a,'.repeat(length / 4 - 1)}x-bc`.padStart(length, ',')
  t.equal(names(2048).length, 2048)
  t.strictSame(await reasons(names(2048)), ['the header x-bc is not allowed'])
  t.strictSame(await reasons(names(2049)), [])
})
