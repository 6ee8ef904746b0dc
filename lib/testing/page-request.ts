import type { Browser } from '../browser/engines'
import type { AddressSpace } from '../browser/request'
import { guardHeaders } from './headers-guard'

/** Where a page is. Relative URLs are resolved against `url`; a sandboxed page has none. */
export interface PageLocation {
  readonly origin: string
  readonly url: string | undefined
  readonly addressSpace: AddressSpace | undefined
}

type Input = string | URL | globalThis.Request

/** https://fetch.spec.whatwg.org/#requestinit */
const members = [
  'method', 'headers', 'body', 'referrer', 'referrerPolicy', 'mode', 'credentials', 'cache', 'redirect', 'integrity',
  'keepalive', 'signal', 'duplex', 'priority', 'window'
] as const

/**
 * The page's `Request`: that of Node.js, which knows no page, with relative URLs and without the headers that a page may not
 * set. It extends the global one of the moment when the page is opened, which a test environment may have replaced.
 */
export function requestClassOf (location: PageLocation, browser: Browser): typeof globalThis.Request {
  const Base = globalThis.Request
  return class Request extends Base {
    override readonly clone = (): Request => new Request(Base.prototype.clone.call(this))

    constructor (input: Input, init?: RequestInit) {
      const { referrer, ...given } = membersOf(init)
      if ('priority' in given) checkPriority(given.priority)
      super(readInput(input, location), { ...given, ...referrer !== undefined && { referrer: readReferrer(referrer, location) } })
      guardHeaders(this, browser)
    }
  }
}

/** https://fetch.spec.whatwg.org/#requestpriority, which Node.js does not know. */
function checkPriority (priority: unknown): void {
  if (/^(?:high|low|auto)$/.test(String(priority))) return
  throw new TypeError(`${JSON.stringify(priority)} is not the priority of a request`)
}

/** The members that are given, as an object of its own: those of a `Request` are on its prototype. `null` has none. */
export function membersOf (init: RequestInit | null | undefined): RequestInit {
  if (init !== undefined && init !== null && typeof init !== 'object' && typeof init !== 'function') {
    throw new TypeError('the second argument of fetch has to be an object')
  }
  const all = members.map(member => [member, Reflect.get(Object(init), member)])
  return Object.fromEntries(all.filter(([, value]) => value !== undefined))
}

function readInput (input: Input, { url }: PageLocation): string | globalThis.Request {
  return isRequest(input) ? input : new URL(String(input), url).href
}

export function isRequest (input: unknown): input is globalThis.Request {
  return input instanceof globalThis.Request
}

/** https://fetch.spec.whatwg.org/#dom-request, "referrer": a page can only name URLs of its own origin. */
function readReferrer (referrer: string, { origin, url }: PageLocation): string {
  if (referrer === '') return ''
  const parsed = new URL(referrer, url)
  return parsed.origin === origin ? parsed.href : 'about:client'
}
