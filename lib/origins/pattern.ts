import { type Origin, MAX_HOST_LENGTH, isIPv4, partsOf } from '../protocol/origin'
import { type OriginFault, parseOrigin } from '../protocol/origin-syntax'

/** A pattern that matches many origins. `text` is the configured text, which is in canonical form. */
export type OriginPattern = Subdomains | Ports | SubdomainsAndPorts

/** `https://*.example.com`: one or more labels under the host, at one port. */
interface Subdomains {
  readonly kind: 'subdomains'
  readonly text: string
  readonly scheme: string
  readonly host: string
  readonly port: string
}

/** `http://localhost:*`: one host at any port or none. */
interface Ports {
  readonly kind: 'ports'
  readonly text: string
  readonly scheme: string
  readonly host: string
}

/** `https://*.example.com:*`: one or more labels under the host, at any port or none. */
interface SubdomainsAndPorts {
  readonly kind: 'subdomains-and-ports'
  readonly text: string
  readonly scheme: string
  readonly host: string
}

export type PatternFault = OriginFault | 'WILDCARD'

export type ParsedEntry =
  | { readonly kind: 'exact', readonly origin: Origin }
  | { readonly kind: 'pattern', readonly pattern: OriginPattern }
  | { readonly kind: 'fault', readonly fault: PatternFault }

/** Reads a configured text as an exact origin, or as a pattern: an origin with a wildcard before its host, as its port, or both. */
export function parseEntry (text: string): ParsedEntry {
  const single = withoutWildcards(text)
  const parsed = parseOrigin(single)
  if (parsed.fault !== undefined) return { kind: 'fault', fault: wildcardFault(single, parsed.fault) }
  if (single === text) return { kind: 'exact', origin: parsed.origin }
  return parsePattern(text, single)
}

function withoutWildcards (text: string): string {
  const anyPort = text.endsWith(':*') ? text.slice(0, -2) : text
  return anyPort.replace('://*.', '://')
}

/** A wildcard that is left in the scheme or authority is the fault to report, unless the text is a list or has blanks. */
function wildcardFault (single: string, fault: OriginFault): PatternFault {
  const misplaced = /^[^/?#]*\*[^/?#]*:\/\/|^[^/?#]*:\/\/[^/?#]*\*|^\*$/.test(single)
  return misplaced && fault !== 'LIST' && fault !== 'BLANK' ? 'WILDCARD' : fault
}

function parsePattern (text: string, single: string): ParsedEntry {
  const { scheme, host, port } = partsOf(single)
  const ports = text.endsWith(':*')
  if (ports && port !== '') return { kind: 'fault', fault: 'PORT' }
  if (!text.includes('://*.')) return { kind: 'pattern', pattern: { kind: 'ports', text, scheme, host } }
  if (host.startsWith('[') || isIPv4(host)) return { kind: 'fault', fault: 'WILDCARD' }
  if (host.length > MAX_HOST_LENGTH - 2) return { kind: 'fault', fault: 'LENGTH' }
  return {
    kind: 'pattern',
    pattern: ports
      ? { kind: 'subdomains-and-ports', text, scheme, host }
      : { kind: 'subdomains', text, scheme, host, port }
  }
}
