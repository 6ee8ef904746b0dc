import { parseArgs } from 'node:util'
import { type BrowserName, browsers } from '../browser/engines'
import type { HeaderLines } from '../browser/header-list'
import { type Credentials, type PageInit, type PageRequest, createRequest } from '../browser/request'
import { isSerializedOrigin } from '../protocol/origin'

/** What the user asks for. */
export type Asked =
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'wrong', readonly problems: readonly string[] }
  | { readonly kind: 'diagnose', readonly question: Question }

/** The request of a page, and how to find out what becomes of it. */
export interface Question {
  readonly request: PageRequest
  readonly browser: BrowserName
  /** The headers that the user names and that a page cannot set. */
  readonly dropped: readonly string[]
  /** Whether to send a request that may change something on the server. */
  readonly send: boolean
  /** Whether to accept any certificate. */
  readonly insecure: boolean
  readonly json: boolean
}

const options = {
  origin: { type: 'string' },
  method: { type: 'string', default: 'GET' },
  header: { type: 'string', multiple: true },
  credentials: { type: 'string', default: 'same-origin' },
  browser: { type: 'string', default: 'chromium' },
  json: { type: 'boolean', default: false },
  send: { type: 'boolean', default: false },
  insecure: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', short: 'v', default: false }
} as const

type Values = ReturnType<typeof parse>['values']

function parse (args: string[]) {
  return parseArgs({ args, options, allowPositionals: true })
}

/** Reads the command line, and finds all that is wrong with it. */
export function readArguments (args: string[]): Asked {
  let parsed
  try {
    parsed = parse(args)
  } catch (error) {
    const { message } = error as Error // `parseArgs` throws only TypeErrors
    // What follows is about positional arguments that start with a dash, which no URL does.
    return { kind: 'wrong', problems: [message.replace(/\. To specify a positional .*/s, '')] }
  }
  const { values, positionals } = parsed
  if (values.help) return { kind: 'help' }
  return values.version ? { kind: 'version' } : readQuestion(values, positionals)
}

function readQuestion (values: Values, positionals: readonly string[]): Asked {
  const { origin = '', method, credentials, browser, json, send, insecure } = values
  const [url = ''] = positionals
  const headers = (values.header ?? []).map(readHeader)
  const problems = [
    urlProblem(positionals), originProblem(values.origin), requestProblem({ method }),
    ...headers.map(header => requestProblem({ headers: [header] })),
    choiceProblem('credentials', isCredentials(credentials), ['omit', 'same-origin', 'include']),
    choiceProblem('browser', isBrowser(browser), Object.keys(browsers))
  ].filter(problem => problem !== undefined)
  if (problems.length > 0 || !isCredentials(credentials) || !isBrowser(browser)) return { kind: 'wrong', problems }
  const request = createRequest({ origin, url, method, headers, credentials })
  const kept = new Set(request.headers.map(([name]) => name))
  const dropped = headers.map(([name]) => name).filter(name => !kept.has(name))
  return { kind: 'diagnose', question: { request, browser, dropped, send, insecure, json } }
}

/** A name alone has an empty value, except `Content-Type`, for which an empty value means nothing. */
function readHeader (text: string): HeaderLines[number] {
  const colon = text.indexOf(':')
  if (colon !== -1) return [text.slice(0, colon), text.slice(colon + 1)]
  return [text, text.toLowerCase() === 'content-type' ? 'application/json' : '']
}

function urlProblem (positionals: readonly string[]): string | undefined {
  const [url, ...more] = positionals
  if (url === undefined) return 'the URL is missing, such as https://api.example.com/users'
  if (more.length > 0) return `one URL at a time, not ${positionals.length}: ${positionals.join(' ')}`
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return `${JSON.stringify(url)} is not an http or https URL: write it in full, such as http://localhost:3000/users`
  return requestProblem({ url })
}

function originProblem (origin: string | undefined): string | undefined {
  if (origin === undefined) return '--origin is missing: the origin of the page, such as https://app.example.com'
  if (origin === 'null' || isSerializedOrigin(origin)) return undefined
  const written = URL.canParse(origin) ? new URL(origin).origin : 'null'
  return `${JSON.stringify(origin)} is not an origin as browsers send it: write ${written === 'null' ? 'one such as https://app.example.com' : written}`
}

/** The message of the error that `fetch` throws for this request. */
function requestProblem (init: Partial<PageInit>): string | undefined {
  try {
    createRequest({ origin: 'null', url: 'https://api.example.com', ...init })
    return undefined
  } catch (error) {
    return (error as Error).message // `createRequest` throws only TypeErrors
  }
}

function choiceProblem (option: string, isOne: boolean, choices: readonly string[]): string | undefined {
  return isOne ? undefined : `--${option} is one of ${choices.join(', ')}`
}

function isCredentials (text: string): text is Credentials {
  return text === 'omit' || text === 'same-origin' || text === 'include'
}

function isBrowser (text: string): text is BrowserName {
  return Object.hasOwn(browsers, text)
}
