import t from 'tap'
import { type Browser, browsers, differences } from '../../lib/browser/engines'
import type { Explanation } from '../../lib/testing'
import type { Engine, EngineName } from './engine'
import { engineNames, launch, without } from './engines'
import { modelOf } from './rows/model'
import { type OnNetwork, shown } from './rows/shown'
import { type Server, serve } from './server'

// What blocks a page whatever the server answers. The engines are told that some ports of this machine are public addresses.

type Row = keyof typeof differences

const cases: ReadonlyArray<{ readonly row?: Row } & OnNetwork> = [
  { from: 'https', to: 'http name' },
  { from: 'https', to: 'https loopback' },
  ...Object.entries(shown).flatMap(([row, one]) => 'from' in one ? [{ row: row as Row, ...one }] : []) // the keys of the table
]

interface Result {
  readonly reached: boolean
  /** Chromium's name for what blocked it. */
  readonly code?: string | undefined
}

interface Servers { readonly near: Server, readonly publicSecure: Server, readonly publicPlain: Server }

const allow = { 'access-control-allow-origin': '*', 'cache-control': 'no-store' }

for (const name of engineNames) {
  t.test(`mixed content and the local network in ${name}`, { skip: without(name) }, async t => {
    const reached: string[] = []
    const start = async () => await serve(({ url, headers }, response) => {
      if (url !== '/') reached.push(`${headers.host}${url}`)
      response.writeHead(200, { ...allow, 'content-type': 'text/html' }).end('<!doctype html><link rel=icon href=data:,>')
    })
    const servers = { near: await start(), publicSecure: await start(), publicPlain: await start() }
    const engine = await launch(name, { port: servers.near.port, publicPorts: [servers.publicSecure.securePort, servers.publicPlain.port] })
    try {
      for (const [i, { row, from, to }] of cases.entries()) {
        const [page, url] = [pageOf(from, servers, name), `${urlOf(to, servers)}/${i}`]
        const seen = await callFrom(engine, page, url, () => reached.some(line => line.endsWith(`/${i}`)))
        const model = async (browser: Browser) => await callInModel(browser, servers, from, page, url)
        const agrees = ({ reached, code }: Result) => reached === seen.reached && (name !== 'chromium' || code === seen.code)
        const said = await model(browsers[name])
        t.ok(agrees(said), `${from} to ${to}: the model agrees`, { engine: seen, model: said })
        if (row === undefined || differences[row][name] === differences[row].standard) continue
        t.notOk(agrees(await model({ ...browsers[name], [row]: differences[row].standard })), `${row}: without the row it would not`)
      }
    } finally {
      await engine.close()
      for (const server of Object.values(servers)) await server.close()
    }
  })
}

/** WebKit's proxy does not do TLS, so its https pages are on a name of this machine. */
function pageOf (from: OnNetwork['from'], { near, publicSecure, publicPlain }: Servers, engine: EngineName): string {
  const host = engine === 'webkit' ? 'app.localhost' : 'app.test'
  switch (from) {
    case 'https': return `https://${host}:${near.securePort}`
    case 'public https': return `https://${host}:${publicSecure.securePort}`
    case 'public http': return `http://app.test:${publicPlain.port}`
  }
}

function urlOf (to: OnNetwork['to'], { near }: Servers): string {
  switch (to) {
    case 'http name': return `http://api.test:${near.port}`
    case 'http loopback': return `http://localhost:${near.port}`
    case 'https loopback': return `https://localhost:${near.securePort}`
  }
}

/** Firefox asks the user, and waits: after three seconds the page gives up. */
async function callFrom (engine: Engine, page: string, url: string, hasArrived: () => boolean): Promise<Result> {
  const tab = await engine.open(`${page}/`)
  try {
    const read = await tab.run(async (url: string) => await fetch(url, { signal: AbortSignal.timeout(3000) }).then(() => true, () => false), url)
    if (read || hasArrived()) return { reached: hasArrived() }
    const failed = engine.name === 'chromium' ? await tab.failures(1) : []
    return { reached: false, code: failed[0]?.reason }
  } finally {
    await tab.close()
  }
}

async function callInModel (browser: Browser, { near }: Servers, from: OnNetwork['from'], page: string, url: string): Promise<Result> {
  const tested = modelOf(browser, near.port)
  const opened = tested.open(page, from === 'https' ? {} : { addressSpace: 'public' })
  const code = await opened.fetch(url).then(() => undefined, error => (error.cause as Explanation).code) // The testing browser documents it so.
  return { reached: tested.sent.length > 0, code }
}
