/** The result of one call of `fetch`. */
export type Outcome =
  | {
    readonly kind: 'read'
    readonly status: number
    readonly url: string
    readonly redirected: boolean
    readonly type: string
    /** The names of the headers that the page could read, sorted. */
    readonly headers: readonly string[]
    readonly body: string
  }
  | { readonly kind: 'blocked' }

/** What a page, its browser's developer tools and the server saw of a scenario. */
export interface Seen {
  readonly outcomes: readonly Outcome[]
  /** Why calls failed: in an engine what its tools say, in the library its codes. */
  readonly reasons: readonly string[]
  readonly requests: readonly string[]
}

/** These headers describe the connection rather than the response, and differ between any two clients. */
const connectionHeaders: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding'])

export function readable (names: readonly string[]): string[] {
  return names.filter(name => !connectionHeaders.has(name)).sort()
}
