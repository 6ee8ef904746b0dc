import { validateHeaderValue } from 'node:http'

/**
 * The value, or nothing if Node.js would refuse to send it: it then throws while the head is written, after every hook, which
 * ends the process. With `insecureHTTPParser`, requests and the responses of upstreams have such values.
 */
export function sendable (value: string | undefined): string | undefined {
  if (value === undefined || value === '') return undefined // no header is ever sent empty
  try {
    validateHeaderValue('value', value)
    return value
  } catch {
    return undefined
  }
}
