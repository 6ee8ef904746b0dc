import type { Exposure } from './settings'

// It depends on these options whether it matters who gets in.

/** Whether the origins share the user's session, or keep strangers out. */
export function isShared ({ credentials, enforce }: Pick<Exposure, 'credentials' | 'enforce'>): boolean {
  return credentials || enforce !== false
}

/** Whether these options refuse an origin over plain HTTP, other than of the user's own machine. */
export function needsEncryption (exposure: Exposure): boolean {
  return isShared(exposure) && !exposure.dangerously.insecureOrigins
}
