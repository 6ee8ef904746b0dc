import { inspect, isDeepStrictEqual } from 'node:util'
import { type Built, type Exchange, build } from './application'
import { type ActualIntent, type Intent, Intention } from './intent'
import { type Outcome, browse, call } from './outcome'
import { pageRequest } from './page'
import { constantOf } from './policy'
import type { Ask, World } from './world'

export interface Compared {
  /** Page requests whose intent and outcome were compared. */
  readonly compared: number
  /** Those of which the design does not promise one outcome. */
  readonly open: number
  /** Seen in the intents, by kind, so that nobody compares next to nothing. */
  readonly kinds: readonly string[]
}

/** `undefined` where the options are refused at boot. Throws an Error that says what differs. */
export async function compareWorld (world: World): Promise<Compared | undefined> {
  const built = await build(world)
  if (built === undefined) return undefined
  try {
    return await compareAsks(world, built)
  } finally {
    await built.app.close()
  }
}

async function compareAsks (world: World, built: Built): Promise<Compared> {
  const browser = browse(world, built)
  const intention = new Intention(world)
  const kinds: string[] = []
  let compared = 0
  for (const [i, ask] of world.asks.entries()) {
    const intent = intention.next(ask)
    if (intent === undefined) continue
    const outcome = await call(browser, built, ask)
    const differences = [...differencesOf(ask, intent, outcome), ...leaksOf(world, ask, intent, outcome)]
    if (differences.length > 0) throw new Error(`call ${i}, ${inspect(ask, { breakLength: Infinity })}:\n  ${differences.join('\n  ')}\n  ${say(outcome)}`)
    kinds.push(kindOf(ask, intent))
    compared++
  }
  for (const ask of world.asks.slice(0, 2)) await compareOrigins(built, ask)
  return { compared, open: world.asks.length - compared, kinds }
}

function say ({ preflight, actual }: Outcome): string {
  return [preflight, actual].map(exchange => exchange === undefined ? '-' : inspect({ asked: exchange.asked.headers, status: exchange.answer.statusCode, headers: exchange.answer.headers }, { breakLength: Infinity })).join('\n  ')
}

function kindOf ({ mode }: Ask, { codes, preflights, actual }: Intent): string {
  if (codes.length > 0) return String(codes[0])
  return `${mode === 'form' ? 'form' : 'read'} ${actual?.status ?? ''}${preflights > 0 ? ', asked' : ''}`
}

function differencesOf ({ mode }: Ask, intent: Intent, outcome: Outcome): string[] {
  const found: string[] = []
  const same = (what: string, intended: unknown, came: unknown) => {
    if (!isDeepStrictEqual(intended, came)) found.push(`${what}: intended ${inspect(intended)}, came ${inspect(came)}`)
  }
  if (mode !== 'form') {
    const agrees = intent.codes.length === 0 ? outcome.code === undefined : intent.codes.includes(String(outcome.code))
    if (!agrees) found.push(`verdict: intended ${intent.codes.join(' or ') || 'readable'}, came ${outcome.code ?? 'readable'}`)
    same('readable headers', intent.readable, outcome.readable)
  }
  same('preflights', intent.preflights, outcome.preflights)
  same('handlers run', intent.runs === undefined ? [] : [intent.runs], outcome.runs)
  if (outcome.preflight !== undefined && intent.preflightStatus !== undefined) {
    same('status of the preflight', intent.preflightStatus, outcome.preflight.answer.statusCode)
  }
  if (outcome.actual !== undefined && intent.actual?.status !== undefined) same('status', intent.actual.status, outcome.actual.answer.statusCode)
  if (intent.actual !== undefined && !intent.actual.isUnparsed && outcome.actual !== undefined) {
    same('Vary', intent.actual.vary, varyOf(outcome.actual))
  }
  return found
}

type Headers = Readonly<Record<string, unknown>>

function corsHeaders ({ answer }: Exchange): Headers {
  return Object.fromEntries(Object.entries(answer.headers).filter(([name]) => name.startsWith('access-control-')))
}

function varyOf ({ answer }: Exchange): string[] {
  const vary = answer.headers['vary']
  return vary === undefined ? [] : String(vary).split(',').map(name => name.trim().toLowerCase()).sort()
}

/** What no response may have, and what a refused origin may not learn. */
function leaksOf (world: World, ask: Ask, { refusedPreflight, actual }: Intent, outcome: Outcome): string[] {
  const found = [outcome.preflight, outcome.actual].flatMap(exchange => exchange === undefined ? [] : malformed(exchange))
  if (refusedPreflight && outcome.preflight !== undefined) {
    if (Object.keys(corsHeaders(outcome.preflight)).length > 0) found.push('a refused preflight has headers of CORS')
    found.push(...namesOf(world, ask, outcome.preflight, undefined))
  }
  if (actual !== undefined && !actual.allowed && !actual.isUnparsed && outcome.actual !== undefined) found.push(...leaksTo(world, ask, actual, outcome.actual))
  return found
}

function leaksTo (world: World, ask: Ask, { policy, leftAlone }: ActualIntent, exchange: Exchange): string[] {
  const constant = policy && constantOf(policy)
  const found = namesOf(world, ask, exchange, constant)
  if (leftAlone) return found
  const headers = corsHeaders(exchange)
  const isConstant = constant !== undefined && headers['access-control-allow-origin'] === constant
  if (!isConstant && Object.keys(headers).length > 0) found.push(`a refused origin gets ${inspect(headers)}`)
  return found
}

/** The names of origins in the options, other than that of the page, that an answer has in it. */
function namesOf ({ root }: World, { page, url }: Ask, { answer }: Exchange, constant: string | undefined): string[] {
  const text = JSON.stringify(answer.headers) + answer.body
  const named = [...JSON.stringify(root).matchAll(/"(https?:\/\/[^"*]+)"/g)].map(([, origin = '']) => origin)
  return [...new Set([...named, 'https://somebody.else.test'])]
    // A shorter name may be in that of the page, in its URL or in what is the same for everybody.
    .filter(origin => text.includes(origin) && ![page, url, constant ?? ''].some(own => own.includes(origin)))
    .map(origin => `a refused origin learns of ${origin}`)
}

function malformed (exchange: Exchange): string[] {
  const vary = varyOf(exchange)
  const doubled = new Set(vary).size < vary.length || vary.includes('') ? [`Vary is ${vary.join(', ')}`] : []
  const wrong = Object.entries(corsHeaders(exchange))
    .filter(([name, value]) => typeof value !== 'string' || value === '' || (value.includes(',') && !/-(expose|allow)-(headers|methods)$/.test(name)))
  const repeated = Object.entries(corsHeaders(exchange)).filter(([, value]) => {
    const items = String(value).toLowerCase().split(',').map(item => item.trim())
    return new Set(items).size < items.length
  })
  return [...doubled, ...[...wrong, ...repeated].map(([name, value]) => `${name} is ${inspect(value)}`)]
}

/** Fetch, "CORS protocol and HTTP caches": responses that differ by origin all say so in `Vary`. */
async function compareOrigins ({ inject }: Built, ask: Ask): Promise<void> {
  const { url, headers, page } = ask
  const { method } = pageRequest(ask)
  const origins = [page, 'https://app.a.test', 'https://evil.test', undefined]
  const send = async (origin: string | undefined, method: string, headers: Record<string, string>) =>
    ({ origin, exchange: { asked: {}, answer: await inject({ method: method as 'GET', url, headers: { ...headers, ...origin !== undefined && { origin } } }) } })
  const preflights = async () => await Promise.all(origins.slice(0, 3).map(async origin => await send(origin, 'OPTIONS', { 'access-control-request-method': method })))
  if (method === 'patch') return
  compareHeaders(url, `preflight for ${method}`, await preflights())
  // No cache keeps answers to other methods; what their Vary is to be, the intent says.
  if (method !== 'GET' && method !== 'HEAD') return
  const { 'content-type': _, ...bodiless } = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  compareHeaders(url, method, await Promise.all(origins.map(async origin => await send(origin, method, bodiless))))
}

function compareHeaders (url: string, what: string, sent: ReadonlyArray<{ readonly origin: string | undefined, readonly exchange: Exchange }>): void {
  const [first] = sent
  const isPreflight = what.startsWith('preflight')
  const key = ({ answer }: Exchange) => JSON.stringify([corsHeaders({ asked: {}, answer }), !isPreflight && answer.statusCode])
  const differs = first !== undefined && sent.some(({ exchange }) => key(exchange) !== key(first.exchange))
  if (!differs) return
  for (const { origin, exchange } of sent) {
    // With one exact origin, every accepted preflight gets the same answer.
    const isConstant = isPreflight && sent.every(other => !('access-control-allow-origin' in corsHeaders(other.exchange)) || key(other.exchange) === key(exchange))
    if (isConstant && 'access-control-allow-origin' in corsHeaders(exchange)) continue
    const vary = varyOf(exchange)
    if (!vary.includes('origin') && !vary.includes('*')) throw new Error(`${what} ${url} differs by origin, and to ${origin ?? 'nobody'} has Vary: ${vary.join(', ')}`)
  }
}
