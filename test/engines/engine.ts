import type { BrowserName } from '../../lib/browser/engines'

export type EngineName = Exclude<BrowserName, 'standard'>

/** What an engine has to know before it starts. */
export interface Launch {
  /** The port of the server for all names, which is a proxy too. */
  readonly port: number
  /** Ports of this machine that the engine takes for public addresses. WebKit makes no such difference. */
  readonly publicPorts?: readonly number[]
}

/** One real browser. */
export interface Engine {
  readonly name: EngineName
  /** Whether several tabs can run at the same time. */
  readonly concurrent: boolean
  /** How many scenarios can run at the same time in a tab. The preflight cache of Firefox has room for 100 answers. */
  readonly scenarios: number
  /** Opens a page, or the sandboxed frame in it. */
  open (url: string, inFrame?: boolean): Promise<Tab>
  close (): Promise<void>
}

export interface Tab {
  /** Runs a function in the page. The function is sent as text and its argument as JSON, so it needs nothing from outside. */
  run<A, R> (fn: (argument: A) => Promise<R>, argument: A): Promise<R>
  /** What the developer tools said of requests that failed, oldest first. WebKit's say nothing that a machine can read. */
  failures (count: number): Promise<readonly Failed[]>
  close (): Promise<void>
}

export interface Failed {
  readonly url: string
  readonly reason: string
  /** What Firefox's console says. */
  readonly message?: string
}

/** An expression that calls a function in a page and has its result as JSON. */
export function callOf<A, R> (fn: (argument: A) => Promise<R>, argument: A): string {
  return `(${String(fn)})(${JSON.stringify(argument)}).then(result => JSON.stringify(result ?? null))`
}
