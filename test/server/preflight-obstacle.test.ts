import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import Fastify from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { acceptsMethod, refusedHeaders } from '../../lib/policy/decide'
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
  const rows: ReadonlyArray<readonly [names: string, ...refused: string[]]> = [
    [''], ['x-a'], ['x-a,x-b'], ['X-A, x-B'], [' x-a\t,,x-b ,'], [','],
    ['x-c', 'x-c'], ['x-a,x-c', 'x-c'], ['x-a, X-C ,x-b', 'X-C'], ['x-ax-b', 'x-ax-b'], ['x-', 'x-'], ['x-d,x-a, X-C ', 'x-d', 'X-C']
  ]
  for (const [names, ...refused] of rows) {
    t.strictSame(refusedHeaders({ kind: 'constant', lowerCase }, names), refused, names)
    t.strictSame(refusedHeaders({ kind: 'constant', lowerCase: 'any' }, names), [], names)
    t.strictSame(refusedHeaders({ kind: 'requested' }, names), [], names)
  }
})

t.test('no more names are refused than a page sends', async t => {
  const names = Array.from({ length: 33 }, (_, i) => `x-${i}`)
  const allowed = { kind: 'constant', lowerCase: new Set<string>() } as const
  t.strictSame(refusedHeaders(allowed, names.slice(0, 32).join()), names.slice(0, 32))
  t.strictSame(refusedHeaders(allowed, names.join()), names.slice(0, 32))
})

/** The reasons that are published for a preflight with these names of headers. */
async function reasons (names: string, method = 'PUT', origin = ALLOWED): Promise<string[]> {
  const app = Fastify()
  await app.register(corsPlugin, { origin: ALLOWED, allowedHeaders: ['x-a'], methods: ['PUT'] })
  app.put('/a', () => 'a')
  const heard: string[] = []
  const listener = (message: unknown) => { heard.push((message as { readonly reason: string }).reason) } // the plugin's own messages
  subscribe('fastify-cors-policy:refused', listener)
  await preflight(app, method, '/a', { names, origin })
  unsubscribe('fastify-cors-policy:refused', listener)
  return heard
}

t.test('everything that is not allowed is told, names without blanks', async t => {
  t.strictSame(await reasons('x-a, X-B ,x-a'), ['the header X-B is not allowed'])
  t.strictSame(await reasons('x-a, X-B ,x-c'), ['the headers X-B, x-c are not allowed'])
  t.strictSame(await reasons('x-b', 'DELETE'), ['the method DELETE is not allowed, and the header x-b is not allowed'])
  t.strictSame(await reasons('x-b,x-c', 'DELETE', 'https://evil.test'), ['the origin is not allowed, and the method DELETE is not allowed, and the headers x-b, x-c are not allowed'])
  t.strictSame(await reasons('X-A,\tx-a'), [])
})

t.test('a list of requested headers that is too long is not read', async t => {
  const names = (length: number) => `${'x-a,'.repeat(length / 4 - 1)}x-bc`.padStart(length, ',')
  t.equal(names(2048).length, 2048)
  t.strictSame(await reasons(names(2048)), ['the header x-bc is not allowed'])
  t.strictSame(await reasons(names(2049)), [])
})
