import type { Hop } from './hop'

/** What a browser refuses for a reason that is not CORS, so that no server can fix it with CORS headers. */
export function refusal (step: string, section: string, message: string, cause?: unknown): Hop {
  const steps = [{ step, section: `https://fetch.spec.whatwg.org/#${section}`, outcome: message }]
  const why = { allowed: false, message, preflighted: false, reasons: [], steps, exposedHeaders: [], hiddenHeaders: [] }
  return { kind: 'blocked', why: { ...why, ...cause !== undefined && { cause } } }
}
