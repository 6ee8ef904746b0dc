import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import corsPlugin from '../..'
import { preflight, send } from '../support/exchange'
import { message } from '../server/message'

// Two RegExps with the same source and other flags are two RegExps. Whatever keeps one by its source gives its answers to the other.

const ORIGINS = ['https://app.test', 'https://other.test', 'https://proxy.test']

/** A literal with the `v` flag does not compile for the oldest engine. */
const withFlags = (source: string, flags: string) => new RegExp(source, flags)

interface Pair {
  readonly source: string
  /** Each with the origins of the list above that it matches. */
  readonly flags: ReadonlyArray<readonly [flags: string, matched: readonly string[]]>
}

const [APP, OTHER, PROXY] = ORIGINS as [string, string, string]

const pairs: readonly Pair[] = [
  { source: String.raw`^https:\/\/(?:app|OTHER)\.test$`, flags: [['', [APP]], ['i', [APP, OTHER]]] },
  { source: String.raw`^https:\/\/(?:app|[O-O]THER)\.test$`, flags: [['', [APP]], ['i', [APP, OTHER]], ['u', [APP]], ['iu', [APP, OTHER]]] },
  { source: String.raw`^https:\/\/(?:app|\u{6f}ther)\.test$`, flags: [['', [APP]], ['u', [APP, OTHER]], ['i', [APP]], ['iu', [APP, OTHER]]] },
  { source: String.raw`^https:\/\/(?:app|\p{Ll}{5})\.test$`, flags: [['', [APP]], ['u', [APP, OTHER, PROXY]], ['v', [APP, OTHER, PROXY]]] },
  { source: String.raw`^https:\/\/(?:app|[[a-z]--[e]]{5})\.test$`, flags: [['', [APP]], ['v', [APP, PROXY]]] },
  { source: String.raw`^https:\/\/(?:app|[[A-Z]--[E]]{5})\.test$`, flags: [['', [APP]], ['v', [APP]], ['iv', [APP, PROXY]]] },
  { source: String.raw`^https:\/\/(?:app|.ther)\.test$`, flags: [['', [APP, OTHER]], ['s', [APP, OTHER]], ['is', [APP, OTHER]]] },
  { source: String.raw`^https:\/\/(?:\u017fpp|app|\u212a{5}|proxy)\.test$`, flags: [['', [APP, PROXY]], ['iu', [APP, PROXY]]] }
]

async function readers (app: FastifyInstance, url: string): Promise<string[]> {
  const found: string[] = []
  for (const origin of ORIGINS) {
    const isReader = (await send(app, 'GET', url, { origin })).cors['access-control-allow-origin'] === origin
    const isAccepted = (await preflight(app, 'GET', url, { origin })).status === 204
    const outside = (await app.cors.headersFor(message('GET', url, { origin })))['access-control-allow-origin'] === origin
    const { allowed } = await app.cors.explain({ origin, url })
    t.strictSame([isAccepted, outside, allowed], [isReader, isReader, isReader], `${url} from ${origin}: all agree`)
    if (isReader) found.push(origin)
  }
  return found
}

t.test('routes with RegExps that differ in flags alone, in both orders', async t => {
  for (const { source, flags } of pairs) {
    for (const order of [flags, [...flags].reverse()]) {
      const app = Fastify()
      await app.register(corsPlugin, { origin: ['https://none.test', 'https://neither.test'] })
      for (const [each] of order) app.get(`/${each}`, { config: { cors: { origin: withFlags(source, each) } } }, () => 'a')
      for (const [each] of order) app.get(`/list/${each}`, { config: { cors: { origin: ['https://none.test', withFlags(source, each)] } } }, () => 'a')
      await app.ready()
      for (const [each, matched] of order) {
        t.strictSame(await readers(app, `/${each}`), matched, `/${source}/${each}`)
        t.strictSame(await readers(app, `/list/${each}`), matched, `/${source}/${each} in a list`)
      }
      const printed = app.cors.print({ json: true }).map(({ url, policy }) => [url, policy?.origin])
      for (const [each] of order) t.strictSame(printed.find(([url]) => url === `/${each}`)?.[1], [String(withFlags(source, each))], 'print')
    }
  }
})

t.test('registrations with RegExps that differ in flags alone, beside each other and after each other', async t => {
  for (const { source, flags } of pairs.slice(0, 5)) {
    const app = Fastify()
    for (const [each] of flags) await app.register(corsPlugin, { origin: withFlags(source, each), paths: [`/${each}/*`] })
    await app.ready()
    for (const [each, matched] of flags) t.strictSame(await readers(app, `/${each}/nothing`), matched, `/${source}/${each}`)
    const other = Fastify()
    await other.register(corsPlugin, { origin: [withFlags(source, flags[0]?.[0] ?? '')] })
    await other.ready()
    for (const [each, matched] of flags) {
      other.cors.reconfigure({ origin: [withFlags(source, each)] })
      t.strictSame(await readers(other, '/nothing'), matched, `reconfigure to /${source}/${each}`)
    }
  }
})

t.test('both in one list match what either matches, and are both shown', async t => {
  for (const { source, flags } of pairs) {
    const app = Fastify()
    const all = flags.map(([each]) => withFlags(source, each))
    await app.register(corsPlugin, { origin: all })
    await app.ready()
    const union = ORIGINS.filter(origin => flags.some(([, matched]) => matched.includes(origin)))
    t.strictSame(await readers(app, '/nothing'), union, source)
    const { policy } = await app.cors.explain({ origin: APP, url: '/nothing' })
    t.strictSame(policy?.origin, all.map(String))
  }
})

t.test('what a delegator returns with other flags is another set of options', async t => {
  const source = String.raw`^https:\/\/(?:app|OTHER)\.test$`
  const app = Fastify()
  await app.register(corsPlugin, { delegator: request => ({ origin: withFlags(source, request.url === '/i' ? 'i' : '') }) })
  await app.ready()
  for (const [url, matched] of [['/', [APP]], ['/i', [APP, OTHER]], ['/', [APP]]] as const) t.strictSame(await readers(app, url), matched, url)
})

t.test('a RegExp that is run as it is keeps its flags', async t => {
  for (const [flags, matched] of [['', [APP]], ['i', [APP, OTHER]]] as const) {
    const app = Fastify()
    await app.register(corsPlugin, { origin: withFlags(String.raw`^https:\/\/(?:(a)p(?!\1)p|OTHER)\.test$`, flags), dangerously: { unsafeRegex: true } })
    await app.ready()
    t.strictSame(await readers(app, '/nothing'), matched, flags)
  }
})
