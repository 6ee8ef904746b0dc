import { setTimeout } from 'node:timers/promises'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import corsPlugin from '../..'
import { ALLOWED, OTHER } from '../support/exchange'

/** What a function of the options does, and what becomes of a request from `ALLOWED`. */
export type Row = readonly [name: string, run: () => unknown, becomes: 'allowed' | 'refused' | 'fails']

/** A thenable whose `then` does as told. */
function thenable (then: (resolve: (value: unknown) => void, reject: (reason: unknown) => void) => unknown): unknown {
  return { then }
}

function throwing (reason: unknown): () => never {
  return () => { throw reason }
}

const cyclic: Record<string, unknown> = {}
cyclic.self = cyclic

const revoked = Proxy.revocable({}, {})
revoked.revoke()

const trap = new Proxy({}, { get () { throw new Error('trapped') }, ownKeys () { throw new Error('trapped') } })

const REASONS: ReadonlyArray<readonly [string, unknown]> = [
  ['an error', new Error('as told')], ['undefined', undefined], ['null', null], ['zero', 0], ['an empty string', ''], ['false', false], ['NaN', NaN], ['a string', 'no'],
  ['a number', 42], ['an object', {}], ['a frozen error', Object.freeze(new Error('as told'))], ['a frozen object', Object.freeze({})], ['a status 200', { statusCode: 200 }],
  ['a status -1', Object.assign(new Error('as told'), { statusCode: -1 })], ['line breaks', new Error('a\r\nX-Injected: 1')], ['a cyclic object', cyclic],
  ['an array', []], ['true', true], ['headers', Object.assign(new Error('as told'), { headers: { 'access-control-allow-origin': '*' } })]
]

/** What both kinds of functions fail by. */
const FAILURES: readonly Row[] = [
  ...REASONS.flatMap(([name, reason]): Row[] => [
    [`throws ${name}`, throwing(reason), 'fails'],
    [`rejects with ${name}`, () => Promise.reject(reason), 'fails'],
    [`rejects later with ${name}`, async () => { await setTimeout(5); throw reason }, 'fails'],
    [`is a thenable that throws ${name}`, () => thenable(throwing(reason)), 'fails'],
    [`is a thenable that rejects with ${name}`, () => thenable((_resolve, reject) => { reject(reason) }), 'fails']
  ]),
  ...[42, 0, NaN, '', 'text', null, undefined, 1n, Symbol('no'), () => true].map((value): Row => [`returns ${typeof value} ${String(value)}`, () => value, 'fails']),
  ['resolves with undefined', async () => {}, 'fails'],
  ['resolves with a symbol', async () => Symbol('no'), 'fails'],
  ['returns an array', () => [ALLOWED], 'fails'],
  ['returns a cyclic object', () => cyclic, 'fails'],
  ['returns a trap', () => trap, 'fails'],
  ['returns a revoked proxy', () => revoked.proxy, 'fails'],
  ['has a getter that throws', () => ({ get then () { throw new Error('as told') } }), 'fails'],
  ['resolves with a trap', () => Promise.resolve(thenable(throwing(undefined))), 'fails']
]

export const ORIGINS: readonly Row[] = [
  ...FAILURES,
  ...['*', `${ALLOWED}\r\nX-Injected: 1`, `${ALLOWED}\r\n\r\n`, `${ALLOWED}\n`, `${ALLOWED}/`, `${ALLOWED}\0`, ` ${ALLOWED}`, ALLOWED.toUpperCase(), `${ALLOWED}, ${OTHER}`, 'x'.repeat(100_000), '\ud800', 'https://m\u00fcnchen.test']
    .flatMap((text): Row[] => [[`returns ${JSON.stringify(text.slice(0, 60))}`, () => text, 'fails'], [`resolves with ${JSON.stringify(text.slice(0, 60))}`, async () => text, 'fails']]),
  ['returns a String', () => Object(ALLOWED), 'fails'],
  ['returns a Boolean', () => Object(true), 'fails'],
  ['returns a proxy of true', () => new Proxy({ valueOf: () => true }, {}), 'fails'],
  ['returns an object', () => ({ origin: ALLOWED }), 'fails'],
  ['returns options', () => ({}), 'fails'],
  ['returns true', () => true, 'allowed'],
  ['returns the origin', () => ALLOWED, 'allowed'],
  ['returns false', () => false, 'refused'],
  ['returns another origin', () => OTHER, 'refused'],
  ['returns "null"', () => 'null', 'refused'],
  ['resolves in 50 ms', async () => { await setTimeout(50); return true }, 'allowed'],
  ['refuses in 50 ms', async () => { await setTimeout(50); return false }, 'refused'],
  ['resolves twice', () => thenable(resolve => { resolve(true); resolve(false) }), 'allowed'],
  ['resolves and then throws', () => thenable(resolve => { resolve(true); throw new Error('too late') }), 'allowed'],
  ['resolves and rejects', () => thenable((resolve, reject) => { resolve(false); reject(new Error('too late')) }), 'refused'],
  ['resolves with a thenable', () => thenable(resolve => { resolve(thenable(inner => { inner(true) })) }), 'allowed'],
  ['returns something from then', () => thenable(resolve => { resolve(false); return true }), 'refused']
]

const OPTIONS = { origin: [ALLOWED, OTHER] }

export const DELEGATORS: readonly Row[] = [
  ...FAILURES,
  ...[{ origin: 42 }, { origin: [] }, { origin: `${ALLOWED}/` }, { orign: '*' }, { paths: ['/x'] }, { delegator: () => ({}) }, { origin: '*', credentials: true }, { origin: '*', exposedHeaders: ['a\r\nb'] },
    { cacheControl: 'a\r\nX-Injected: 1' }, { methods: ['P UT'] }, { vary: ['a\nb'] }, { maxAge: Infinity }, { dangerously: cyclic }, { origin: [cyclic] }, { origin: Object.create(null) }]
    .map((options): Row => [`returns invalid options ${Object.keys(options).join(', ')} ${String(Object.values(options).map(value => typeof value))}`, () => options, 'fails']),
  ['has an option that throws', () => ({ get origin () { throw new Error('as told') } }), 'fails'],
  ['has a list that throws', () => ({ origin: new Proxy([ALLOWED], { get () { throw new Error('as told') } }) }), 'fails'],
  ['returns true', () => true, 'fails'],
  ['returns false', () => false, 'refused'],
  ['resolves with false', async () => false, 'refused'],
  ['returns options', () => OPTIONS, 'allowed'],
  ['returns new options', () => ({ origin: [ALLOWED, OTHER] }), 'allowed'],
  ['returns frozen options', () => Object.freeze({ origin: Object.freeze([ALLOWED, OTHER]) }), 'allowed'],
  ['returns options without a prototype', () => Object.assign(Object.create(null), OPTIONS), 'allowed'],
  ['returns a proxy of options', () => new Proxy(OPTIONS, {}), 'allowed'],
  ['resolves in 50 ms', async () => { await setTimeout(50); return OPTIONS }, 'allowed'],
  ['resolves twice', () => thenable(resolve => { resolve(OPTIONS); resolve(false) }), 'allowed'],
  ['resolves and then throws', () => thenable(resolve => { resolve(OPTIONS); throw new Error('too late') }), 'allowed'],
  ['returns a function that throws', () => ({ origin: throwing(undefined) }), 'fails'],
  ['returns a function that rejects', () => ({ origin: () => Promise.reject(new Error('as told')) }), 'fails'],
  ['returns a function', () => ({ origin: (origin: string) => origin === ALLOWED }), 'allowed']
]

/** Functions that take their time: a client may be gone when they are done. */
export const PENDING: readonly Row[] = [
  ['takes 20 ms', async () => { await setTimeout(20); return true }, 'allowed'],
  ['refuses after 20 ms', async () => { await setTimeout(20); return false }, 'refused'],
  ['fails after 20 ms', async () => { await setTimeout(20); throw new Error('as told') }, 'fails'],
  ['fails with nothing after 20 ms', async () => { await setTimeout(20); throw undefined }, 'fails'], // eslint-disable-line no-throw-literal
  ['never ends', () => new Promise(() => {}), 'fails'],
  ['is a thenable that never ends', () => thenable(() => {}), 'fails']
]

/** Each function at `/<kind>/<its place in the list>`. */
export async function nonsenseServer (server: FastifyServerOptions): Promise<FastifyInstance> {
  const app = Fastify(server)
  const add = (kind: string, rows: readonly Row[], optionsOf: (run: () => unknown) => object): void => {
    for (const [i, [, run]] of rows.entries()) {
      app.register(async context => {
        await context.register(corsPlugin, optionsOf(run))
        context.route({ method: ['GET', 'PUT'], url: '/', handler: async (_request, reply) => reply.header('x-handled', 'yes').send('a') })
      }, { prefix: `/${kind}/${i}` })
    }
  }
  add('origin', ORIGINS, origin => ({ origin }))
  add('delegator', DELEGATORS, delegator => ({ delegator }))
  add('pending', PENDING, origin => ({ origin }))
  await app.ready()
  return app
}
