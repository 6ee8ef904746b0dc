import { inspect } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { type Browser, browsers, differences } from '../../lib/browser/engines'
import type { Engine } from './engine'
import { engineNames, launch, without } from './engines'
import { modelOf } from './rows/model'
import { type Visit, shown, visitors } from './rows/shown'
import { type Server, serve } from './server'

// Which cookies of an https server arrive with the calls of pages on its own site and on others, in the order of the visits.

type Row = keyof typeof differences

/** Other visits: SCENARIOS=100 SEED=7 npm run test:only test/engines/cookies */
const seed = Number(process.env.SEED ?? 1)
const count = Number(process.env.SCENARIOS ?? 15)

const attributes = fc.tuple(
  fc.constantFrom('', '; SameSite=Lax', '; SameSite=Strict', '; SameSite=None', '; SameSite=None', '; SameSite=odd'),
  fc.constantFrom('', '; Secure', '; Secure'),
  fc.constantFrom('', '', '; Partitioned'),
  fc.constantFrom('', '', '', '; HttpOnly', '; Domain={api}', '; Path=/')
).map(parts => parts.join(''))

/** The last two visits only look. */
const visits = fc.array(fc.tuple(fc.constantFrom(...visitors), fc.array(attributes, { maxLength: 4 })), { minLength: 1, maxLength: 4 })
  .chain(setting => fc.tuple(fc.constantFrom(...visitors), fc.constantFrom(...visitors)).map((looking): Visit[] => [
    ...setting.map(([page, lines], i): Visit => [page, lines.map((line, j) => `c${i}${j}=1${line}`)]),
    ...looking.map((page): Visit => [page])
  ]))

interface Case { readonly row?: Row, readonly visits: readonly Visit[] }

const cases: readonly Case[] = [
  ...Object.entries(shown).flatMap(([row, one]) => 'visits' in one ? [{ row: row as Row, ...one }] : []), // the keys of the table
  ...fc.sample(visits, { seed, numRuns: count }).map(visits => ({ visits }))
]

/** The cookies that arrived with each visit, sorted. */
type Seen = readonly string[]

for (const name of engineNames) {
  t.test(`cookies in ${name}`, { skip: without(name) }, async t => {
    let arrived: string[] = []
    let setting: readonly string[] = []
    const server = await serve(({ url, headers }, response) => {
      if (url === '/call') arrived.push((headers.cookie ?? '').split('; ').sort().join('; '))
      response.writeHead(200, {
        'access-control-allow-origin': headers.origin ?? '*',
        'access-control-allow-credentials': 'true',
        'cache-control': 'no-store',
        'content-type': 'text/html',
        ...url === '/call' && { 'set-cookie': [...setting] }
      }).end('<!doctype html><link rel=icon href=data:,>')
    })
    const run = async (id: number, visits: readonly Visit[], call: Call): Promise<Seen> => {
      arrived = []
      for (const [page, lines = []] of visits) {
        setting = lines.map(line => line.replace('{api}', `api-${id}.localhost`))
        await call(pageAt(page, id, server), `https://api-${id}.localhost:${server.securePort}/call`)
      }
      return arrived
    }
    const engine = await launch(name, server)
    try {
      const agrees = (one: Seen, other: Seen) => inspect(one) === inspect(other)
      for (const [id, { row, visits }] of cases.entries()) {
        const seen = await run(id, visits, callIn(engine))
        const model = async (browser: Browser) => await run(id, visits, callInModel(browser, server))
        const said = await model(browsers[name])
        t.ok(agrees(said, seen), `${row ?? `visits ${id}`}: the model agrees`, { visits, engine: seen, model: said })
        if (row === undefined || differences[row][name] === differences[row].standard) continue
        t.notOk(agrees(await model({ ...browsers[name], [row]: differences[row].standard }), seen), `${row}: without the row it would not`)
      }
    } finally {
      await engine.close()
      await server.close()
    }
  })
}

/** Each case has hosts of its own. WebKit's proxy does not do TLS, so that they are names of this machine. */
function pageAt (page: Visit[0], id: number, { port, securePort }: Server): string {
  const [scheme = '', host] = page.split(' ')
  return `${scheme}://${host}-${id}.localhost:${scheme === 'http' ? port : securePort}`
}

type Call = (page: string, url: string) => Promise<void>

function callIn (engine: Engine): Call {
  return async (page, url) => {
    const tab = await engine.open(`${page}/`)
    await tab.run(async (url: string) => { await fetch(url, { credentials: 'include' }) }, url)
    await tab.close()
  }
}

function callInModel (browser: Browser, { port }: Server): Call {
  const tested = modelOf(browser, port)
  return async (page, url) => { await tested.open(page).fetch(url, { credentials: 'include' }) }
}
