import { WORD } from './alphabet'
import { DEAD, START, type Dfa, acceptsAll, isFinal, step } from './dfa'
import { type Before, type Check, type Count, type Nfa, type NfaState, Unreadable } from './nfa'

type After = 'word' | 'other' | 'end'

/** What the rest of the text still has to be, or not to be, because of a look-ahead on the way. */
interface Duty {
  readonly dfa: Dfa
  readonly state: number
  readonly negate: boolean
}

/** One way of reading the text so far. */
interface Thread {
  readonly state: number
  readonly duties: readonly Duty[]
}

/** All ways of reading the text so far, by their numbers, ascending; and what a check can ask about that text. */
export interface Position {
  readonly threads: readonly number[]
  readonly before: Before
  /** How far each look-behind is, in the order of the checks. */
  readonly behind: readonly number[]
}

interface Closure {
  /** The threads that wait for a character. */
  readonly readers: readonly number[]
  readonly accepted: boolean
}

/** Follows the transitions without a character, checks included, and counts its steps. */
export class Closures {
  readonly checks: boolean
  readonly #nfa: Nfa
  readonly #threads: Thread[]
  readonly #numbers = new Map<string, number>()
  readonly #dfas: Dfa[] = []
  readonly #behind: ReadonlyArray<Check & { readonly kind: 'behind' }>
  readonly #closures = new WeakMap<Position, Map<After, Closure>>()
  #stepsLeft: number

  constructor (nfa: Nfa, maxSteps: number) {
    const checks = nfa.states.flatMap(state => state.kind === 'check' ? [state.check] : [])
    this.checks = checks.length > 0
    this.#nfa = nfa
    this.#stepsLeft = maxSteps
    this.#behind = checks.filter(check => check.kind === 'behind')
    // A thread without duties has the number of its state.
    this.#threads = nfa.states.map((_state, state) => ({ state, duties: [] }))
  }

  first (before: Before): Position {
    return { threads: [this.#nfa.start], before, behind: this.#behind.map(() => START) }
  }

  key ({ threads, before, behind }: Position): string {
    return this.checks ? `${threads.join()} ${before} ${behind.join()}` : threads.join()
  }

  accepts (position: Position): boolean {
    return this.#closure(position, 'end').accepted
  }

  next (position: Position, column: number): Position {
    const after = WORD[column] === 1 ? 'word' : 'other'
    const threads = new Set<number>()
    for (const reader of this.#closure(position, after).readers) {
      this.#count()
      const { thread, state } = this.#at(reader)
      if (state.kind !== 'read' || state.chars[column] !== 1) continue
      const duties = thread.duties.map(duty => ({ ...duty, state: step(duty.dfa, duty.state, column) }))
      const number = this.#number(state.to, duties)
      if (number !== undefined) threads.add(number)
    }
    return {
      threads: this.#withoutCovered(threads).sort((a, b) => a - b),
      before: this.checks ? after : position.before,
      behind: this.#behind.map(({ dfa }, i) => step(dfa, position.behind[i] as number, column))
    }
  }

  /**
   * Of several copies of one quantifier's element, that with the most left reads what the others read. The host names of
   * `(?:[a-z][a-z-]{1,61}[a-z])+` would otherwise make more sets than fit in any memory.
   */
  #withoutCovered (threads: ReadonlySet<number>): number[] {
    const most = new Map<number, Count>()
    // Numbers beyond the states have duties, and are left as they are.
    const countOf = (number: number) => {
      const state = this.#nfa.states[number]
      return state?.kind === 'split' ? state.count : undefined
    }
    for (const number of threads) {
      const count = countOf(number)
      if (count !== undefined && count.left > (most.get(count.quantifier)?.left ?? 0)) most.set(count.quantifier, count)
    }
    return [...threads].filter(number => {
      const count = countOf(number)
      return count === undefined || most.get(count.quantifier) === count
    })
  }

  #at (number: number): { readonly thread: Thread, readonly state: NfaState } {
    const thread = this.#threads[number] as Thread // numbers are given to threads only
    return { thread, state: this.#nfa.states[thread.state] as NfaState } // as above
  }

  #closure (position: Position, after: After): Closure {
    // Without checks, what follows makes no difference.
    const asked = this.checks ? after : 'end'
    const known = this.#closures.get(position) ?? new Map<After, Closure>()
    this.#closures.set(position, known)
    const closure = known.get(asked) ?? this.#follow(position, asked)
    known.set(asked, closure)
    return closure
  }

  #follow (position: Position, after: After): Closure {
    const readers: number[] = []
    let accepted = false
    const seen = new Set(position.threads)
    // The set grows while it is walked through.
    for (const number of seen) {
      this.#count()
      const { thread, state } = this.#at(number)
      switch (state.kind) {
        case 'read':
          readers.push(number)
          break
        case 'accept':
          accepted ||= thread.duties.every(({ dfa, state, negate }) => isFinal(dfa, state) !== negate)
          break
        case 'split':
          for (const to of state.to) this.#reach(seen, to, thread.duties)
          break
        case 'check':
          if (state.check.kind === 'ahead') {
            const { dfas, negate } = state.check
            this.#reach(seen, state.to, [...thread.duties, { dfa: dfas[position.before], state: START, negate }])
          } else if (this.#holds(state.check, position, after)) this.#reach(seen, state.to, thread.duties)
      }
    }
    return { readers, accepted }
  }

  #holds (check: Exclude<Check, { kind: 'ahead' }>, { before, behind }: Position, after: After): boolean {
    switch (check.kind) {
      case 'start': return before === 'start'
      case 'end': return after === 'end'
      case 'boundary': return ((before === 'word') !== (after === 'word')) !== check.negate
      case 'behind': return isFinal(check.dfa, behind[this.#behind.indexOf(check)] as number) !== check.negate
    }
  }

  #reach (seen: Set<number>, state: number, duties: readonly Duty[]): void {
    const number = this.#number(state, duties)
    if (number !== undefined) seen.add(number)
  }

  /** The number of a thread; none where a duty can no longer be met. A duty that is met for good is dropped. */
  #number (state: number, duties: readonly Duty[]): number | undefined {
    if (duties.length === 0) return state
    if (duties.some(({ dfa, state, negate }) => negate ? acceptsAll(dfa, state) : state === DEAD)) return undefined
    const open = duties.filter(({ dfa, state, negate }) => !(negate ? state === DEAD : acceptsAll(dfa, state)))
    if (open.length === 0) return state
    const parts = new Map(open.map(duty => [`${this.#dfa(duty.dfa)}.${duty.state}${duty.negate ? '-' : '+'}`, duty]))
    const key = `${state} ${[...parts.keys()].sort().join()}`
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    this.#numbers.set(key, this.#threads.length)
    return this.#threads.push({ state, duties: [...parts.values()] }) - 1
  }

  #dfa (dfa: Dfa): number {
    const known = this.#dfas.indexOf(dfa)
    return known === -1 ? this.#dfas.push(dfa) - 1 : known
  }

  #count (): void {
    if (this.#stepsLeft-- === 0) throw new Unreadable('STATES')
  }
}
