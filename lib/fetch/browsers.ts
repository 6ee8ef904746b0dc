/** Where browsers differ from each other, or from the standard, in what a server may see. */
export interface Browser {
  /** The most seconds that it keeps an answer to a preflight; the standard sets no limit. */
  readonly maxAgeCap: number
  /** What an `Access-Control-Max-Age` that is no number of seconds stands for. */
  readonly malformedMaxAge: number
  /**
   * Whether `*` in `Access-Control-Allow-Headers` also stands for `Authorization`. The standard says no,
   * and the engines, which may follow it any day, so far send the request (Chromium and Firefox warn).
   */
  readonly wildcardCoversAuthorization: boolean
  /** Whether one item that is no token makes a list of the preflight's answer worthless. */
  readonly refusesMalformedLists: boolean
}

export type BrowserName = 'standard' | 'chromium' | 'firefox' | 'webkit'

export const DEFAULT_MAX_AGE = 5

export const browsers: { readonly [N in BrowserName]: Browser } = {
  standard: {
    maxAgeCap: Infinity,
    malformedMaxAge: DEFAULT_MAX_AGE,
    wildcardCoversAuthorization: false,
    refusesMalformedLists: true
  },
  chromium: {
    maxAgeCap: 7200,
    malformedMaxAge: 0,
    wildcardCoversAuthorization: true,
    refusesMalformedLists: false
  },
  firefox: {
    maxAgeCap: 86_400,
    malformedMaxAge: 0,
    wildcardCoversAuthorization: true,
    refusesMalformedLists: true
  },
  webkit: {
    maxAgeCap: 600,
    malformedMaxAge: DEFAULT_MAX_AGE,
    wildcardCoversAuthorization: true,
    refusesMalformedLists: true
  }
}
