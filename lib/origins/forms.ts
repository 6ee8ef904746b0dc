import type { Dfa } from './automaton/dfa'
import { difference, intersection, union } from './automaton/product'
import { readDfa } from './automaton/read'

const port = '(?::(?:[1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d\\d|655[0-2]\\d|6553[0-5]))?'
const byte = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const ipv4 = `${byte}(?:\\.${byte}){3}`
const group = '(?:0|[1-9a-f][\\da-f]{0,3})'
/** How many groups stand beside a `::` is not counted: no RegExp asks, and it would take 300 states. */
const ipv6 = `\\[(?:${group}(?::${group}){7}|(?:${group}(?::${group})*)?::(?:${group}(?::${group})*)?)\\]`
/** A name whose last label is a number is read as an IPv4 address (URL Standard, "ends in a number checker"). */
const name = '(?:[\\w-]+\\.)*\\d*[a-z_-][\\w-]*\\.?'

const web = lazy(() => difference(form(`^https?://(?:${name}|${ipv4}|${ipv6})${port}$`), form('^(?:http:.*:80|https:.*:443)$')))
/** The machine that the browser runs on. */
const loopback = lazy(() => form('^https?://(?:(?:[\\w-]+\\.)*localhost\\.?|127\\.[\\d.]+|\\[::1\\])(?::\\d+)?$'))
const address = lazy(() => form('^https?://(?:\\d+\\.\\d+\\.\\d+\\.\\d+|\\[.*\\])(?::\\d+)?$'))
const otherSchemes = lazy(() => difference(form(`^[a-z][a-z\\d+.-]*://[\\w.-]+${port}$`), form('^(?:https?|file):')))

/**
 * The forms of origins that a browser sends, `null` and `file://` left out. The lengths of hosts and labels are not
 * among them: they would multiply the states by 63, and `isSerializedOrigin` knows them.
 */
export const FORMS = {
  web,
  /** Installed applications and extensions. */
  otherSchemes,
  any: lazy(() => union(web(), otherSchemes())),
  loopback,
  /** Of other machines. */
  remoteNames: lazy(() => difference(difference(web(), loopback()), address())),
  remoteAddresses: lazy(() => intersection(difference(web(), loopback()), address())),
  remoteHttp: lazy(() => intersection(difference(web(), loopback()), form('^http:'))),
  /** Of networks that anyone may number so (RFC 1918, 3927, 4193, 4291). */
  privateAddress: lazy(() => form('^https?://(?:10\\.|192\\.168\\.|172\\.(?:1[6-9]|2\\d|3[01])\\.|169\\.254\\.|\\[f[cd]|\\[fe[89ab])')),
}

function form (source: string): Dfa {
  return readDfa(new RegExp(source))
}

/** Made when it is first asked for: an application without a RegExp needs none of them. */
function lazy (make: () => Dfa): () => Dfa {
  let made: Dfa | undefined
  return () => (made ??= make())
}
