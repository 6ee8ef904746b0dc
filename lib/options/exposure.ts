import type { Exposure } from './settings'

// Whether it matters who gets in: `credentials`, `enforce` and `dangerously` decide it.

/** Whether the origins share the user's session, or keep strangers out. */
export function strangersMatter ({ credentials, enforce }: Pick<Exposure, 'credentials' | 'enforce'>): boolean {
  return credentials || enforce !== false
}

/** Whether these options refuse an origin over plain HTTP, other than of the user's own machine. */
export function needsEncryption (exposure: Exposure): boolean {
  return strangersMatter(exposure) && !exposure.dangerously.insecureOrigins
}
