/** The time of a browser, which stands still between calls of `advance`, however slow the machine. */
export class Clock {
  #now = Date.now()

  /** Milliseconds since 1970. */
  now (): number {
    return this.#now
  }

  advance (seconds: number): void {
    if (!Number.isFinite(seconds) || seconds < 0) {
      throw new TypeError(`advance needs a number of seconds from 0 up, not ${String(seconds)}`)
    }
    this.#now += seconds * 1000
  }
}
