import { domainToASCII } from 'node:url'
import {
  type Origin, MAX_HOST_LENGTH, MAX_LABEL_LENGTH, MAX_ORIGIN_LENGTH, isDefaultPort, isIPv4, isSpecialScheme, withoutRootDot
} from './origin'

/** Why a configured text is not an origin. */
export type OriginFault =
  | 'LIST' | 'BLANK' | 'SCHEME' | 'FILE' | 'USERINFO' | 'PATH' | 'QUERY' | 'UPPER_CASE' | 'UNICODE'
  | 'HOST' | 'IPV4' | 'IPV6' | 'LABEL' | 'LENGTH' | 'PORT' | 'DEFAULT_PORT'

const shape = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/is
const numericLabel = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/

export type ParsedOrigin =
  | { readonly origin: Origin, readonly fault?: undefined }
  | { readonly fault: OriginFault }

/** Parses a configured origin strictly: any other form than the one that a browser serialises is a fault. */
export function parseOrigin (text: string): ParsedOrigin {
  const fault = originFault(text)
  // The brand `Origin` means that this parser found no fault.
  return fault === undefined ? { origin: text as Origin } : { fault }
}

/** The first reason why a browser would never send `text` as an origin; `undefined` if there is none. */
function originFault (text: string): OriginFault | undefined {
  if (/[\s,;]/.test(text)) return text.split(/[\s,;]+/).filter(Boolean).length > 1 ? 'LIST' : 'BLANK'
  const [, scheme, authority, rest] = shape.exec(text) ?? []
  if (scheme === undefined || authority === undefined || rest === undefined) return 'SCHEME'
  if (scheme.toLowerCase() === 'file') return 'FILE'
  if (authority.includes('@')) return 'USERINFO'
  if (rest !== '') return rest.startsWith('/') ? 'PATH' : 'QUERY'
  if (/[A-Z]/.test(text)) return 'UPPER_CASE'
  if (/[^\0-\x7f]/.test(text)) return 'UNICODE'
  if (/^[0-9a-f]*(?::[0-9a-f]*){2,}$/.test(authority)) return 'IPV6'
  const colon = authority.search(/:[^\]]*$/)
  const host = colon === -1 ? authority : authority.slice(0, colon)
  return hostFault(host, scheme) ?? (colon === -1 ? undefined : portFault(authority.slice(colon + 1), scheme)) ??
    (text.length > MAX_ORIGIN_LENGTH ? 'LENGTH' : undefined)
}

function hostFault (host: string, scheme: string): OriginFault | undefined {
  if (host.startsWith('[')) return isCompressedIPv6(host) ? undefined : 'IPV6'
  if (!/^[a-z0-9._-]+$/.test(host)) return 'HOST'
  // Other schemes have opaque hosts, where dots, digits and Punycode have no meaning.
  if (!isSpecialScheme(scheme)) return host.length > MAX_HOST_LENGTH ? 'LENGTH' : undefined
  const name = withoutRootDot(host)
  if (name.length > MAX_HOST_LENGTH) return 'LENGTH'
  if (name.split('.').some(label => label === '' || label.length > MAX_LABEL_LENGTH)) return 'LABEL'
  // A browser drops the root dot of an address.
  if (numericLabel.test(name) && !isIPv4(host)) return 'IPV4'
  return name.includes('xn--') && domainToASCII(name) !== name ? 'HOST' : undefined
}

function portFault (port: string, scheme: string): OriginFault | undefined {
  if (!/^[1-9]\d{0,4}$/.test(port) || Number(port) > 65535) return 'PORT'
  return isDefaultPort(scheme, port) ? 'DEFAULT_PORT' : undefined
}

function isCompressedIPv6 (host: string): boolean {
  const url = `http://${host}`
  return URL.canParse(url) && new URL(url).hostname === host
}
