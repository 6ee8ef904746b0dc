import type { OriginPattern } from '../../lib/origins/pattern'
import { isSerializedOrigin, partsOf } from '../../lib/protocol/origin'

/** Whether the pattern matches a request's origin, by its parts. */
export function covers (pattern: OriginPattern, origin: string): boolean {
  if (!isSerializedOrigin(origin)) return false
  const { scheme, host, port } = partsOf(origin)
  if (scheme !== pattern.scheme) return false
  switch (pattern.kind) {
    case 'subdomains': return isBelow(host, pattern.host) && port === pattern.port
    case 'ports': return host === pattern.host
    case 'subdomains-and-ports': return isBelow(host, pattern.host)
  }
}

function isBelow (host: string, parent: string): boolean {
  return host.endsWith(`.${parent}`) && host.length > parent.length + 1
}
