import { isDefaultPort, isLoopback } from '../protocol/origin'
import { type PatternFault, parseEntry } from './pattern'

const loose = /^(?:([a-z][a-z0-9+.-]*):\/\/|(?:https?:)?\/*)(?:[^/?#@]*@)?((?:\*\.)*)([^/?#]*)(?:[/?#].*)?$/is

/** What was probably meant by a refused entry: one origin, several, or a RegExp. */
export type Correction =
  | { readonly kind: 'one', readonly origin: string }
  | { readonly kind: 'many', readonly origins: readonly string[] }
  | { readonly kind: 'regexp', readonly source: string }
  /** `scheme` ends in its colon. */
  | { readonly kind: 'extension', readonly scheme: string }

/** A correction that would be accepted itself; none where the intention cannot be told. */
export function correctionOf (text: string, fault: PatternFault): Correction | undefined {
  if (fault === 'LIST') return list(unquoted(text))
  // A RegExp from a variable of the environment or from JSON.
  const [, source] = groups(/^\/(\^.*\$)\/$|^\^.*\$$/s, text)
  if (source !== undefined || text.startsWith('^')) return regExpIn(source ?? text)
  if (fault === 'WILDCARD') return wildcardCorrection(text)
  return one(rewritten(text))
}

function list (text: string): Correction | undefined {
  const origins = text.split(/["'`]*[\s,;]+["'`]*/).filter(Boolean).map(item => accepted(item) ?? rewritten(item))
  return origins.includes(undefined) ? undefined : { kind: 'many', origins: origins as string[] } // none of them is undefined
}

/** Without the quotes and the brackets of JSON, which a shell or a file of variables leaves. */
function unquoted (text: string): string {
  return text.trim().replace(/^\[?\s*["'`]+|["'`]+\s*\]?$/g, '')
}

function regExpIn (source: string): Correction | undefined {
  try {
    return { kind: 'regexp', source: new RegExp(source).source }
  } catch {
    return undefined
  }
}

/** The host without its leading wildcard. */
function hostOf (text: string): string {
  return text.replace(/^[^/]*:\/\/(?:[^/]*@)?(?:\*\.)*/, '').replace(/:[^:]*$/, '')
}

/** What a RegExp captures in the text, as `exec` gives it; nothing if it does not match. */
function groups (regexp: RegExp, text: string): ReadonlyArray<string | undefined> {
  return regexp.exec(text) ?? []
}

function one (origin: string | undefined): Correction | undefined {
  return origin === undefined ? undefined : { kind: 'one', origin }
}

function accepted (text: string): string | undefined {
  return parseEntry(text).kind === 'fault' ? undefined : text
}

/** The entry as a browser would serialise it. */
function rewritten (text: string): string | undefined {
  const [, scheme, wildcards = '', authority = ''] = groups(loose, unquoted(text).replace(/^[\s,;]+|[\s,;]+$/g, ''))
  const [, name = '', port = ''] = groups(/^(.*?)(:(?:\d+|\*)?)?$/s, bracketed(authority))
  const host = serializedHost(name)
  if (host === undefined) return undefined
  const usual = scheme?.toLowerCase() ?? (isLoopback(host) ? 'http' : 'https')
  return accepted(`${usual}://${wildcards === '' ? '' : '*.'}${host}${serializedPort(usual, port.slice(1))}`)
}

/** An IPv6 address whose brackets were forgotten. */
function bracketed (authority: string): string {
  return /^[0-9a-f]*(?::[0-9a-f]*){2,}$/i.test(authority) ? `[${authority}]` : authority
}

function serializedHost (name: string): string | undefined {
  const url = `http://${name.replace(/\.+$/, '')}`
  return URL.canParse(url) ? new URL(url).hostname : undefined
}

function serializedPort (scheme: string, port: string): string {
  const shortest = port.replace(/^0+/, '')
  return shortest === '' || isDefaultPort(scheme, shortest) ? '' : `:${shortest}`
}

function wildcardCorrection (text: string): Correction | undefined {
  // `moz-extension://*`
  const [, extension] = groups(/^((?:chrome|moz|safari-web)-extension:)\/\/\*$/, text)
  if (extension !== undefined) return { kind: 'extension', scheme: extension }
  // `*://host`, `http*://host`
  if (/^[^/]*\*[^/]*:\/\//.test(text)) return anyScheme(text.replace(/^[^/]*:\/\//, ''))
  // `https://*example.com` would let in `https://evilexample.com`.
  const [, scheme, host] = groups(/^([a-z][a-z0-9+.-]*:\/\/)\*([^.*:-][^*:]*\.[^*]+)$/, text)
  if (scheme !== undefined && host !== undefined) {
    const origins = [`${scheme}${host}`, `${scheme}*.${host}`]
    return origins.every(origin => accepted(origin) !== undefined) ? { kind: 'many', origins } : undefined
  }
  const anyPort = text.replace(/:[^:/]*\*[^:/]*$/, ':*')
  // A wildcard that is left over in the host has no other form than a RegExp: a URL's host would be read without it.
  return (/\*[^.]/.test(hostOf(anyPort)) ? undefined : one(rewritten(anyPort))) ?? regExpFor(text)
}

/** Pages of the user's own machine mostly have http, others https. */
function anyScheme (rest: string): Correction | undefined {
  const origins = ['http', 'https'].map(scheme => rewritten(`${scheme}://${rest}`)).filter(origin => origin !== undefined)
  const [first] = origins
  if (first === undefined || !isLoopback(hostOf(first))) return one(origins.at(-1))
  return { kind: 'many', origins }
}

/**
 * `https://app-*.vercel.app`, `https://*-team.vercel.app`: a wildcard within a label, left of a domain that is written out.
 * It stands for characters of one label.
 */
function regExpFor (text: string): Correction | undefined {
  const shape = /^([a-z][a-z0-9+.-]*):\/\/([a-z0-9*-]+(?:\.[a-z0-9*-]+)*)(\.[a-z0-9-]+\.[a-z][a-z0-9-]*)(:\d+|:\*)?$/.exec(text)
  if (shape === null) return undefined
  const [, scheme = '', wild = '', domain = '', port = ''] = shape
  const labels = wild.replaceAll('.', '\\.').replaceAll(/\*+/g, '[a-z0-9-]+')
  return { kind: 'regexp', source: `^${scheme.replaceAll('.', '\\.')}:\\/\\/${labels}${domain.replaceAll('.', '\\.')}${port.replace('*', '\\d+').replace(/^(.*\+)$/, '(?:$1)?')}$` }
}
