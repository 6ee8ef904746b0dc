import { type CharSet, WORD } from './alphabet'
import { DEAD, START, type Dfa, acceptsAll, isFinal, step } from './dfa'
import { type Before, type Check, type Count, type Nfa, type NfaState, Unreadable, asksForWords } from './nfa'

type After = 'word' | 'other' | 'end'

/** What the rest of the text still has to be, or not to be, because of a look-ahead on the way. */
interface Duty {
  readonly dfa: Dfa
  readonly state: number
  readonly negate: boolean
}

const NO_DUTIES: readonly Duty[] = []

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
  /** The closures that are known already, by what follows the position. */
  readonly closures: { [A in After]?: Closure }
}

interface Closure {
  readonly readers: readonly Reader[]
  /** The readers' sets, if the next position depends only on which of them have the character. */
  readonly sets: readonly CharSet[] | undefined
  readonly accepted: boolean
}

/** A thread that waits for a character. */
interface Reader {
  readonly chars: CharSet
  readonly to: number
  readonly duties: readonly Duty[]
}

// A signature has a bit for each, in a number of 53.
const MAX_SETS = 50

/** Follows the transitions without a character, checks included, and counts its steps. */
export class Closures {
  /** Whether a check asks for word characters. If not, no character counts as one, which halves the positions. */
  readonly words: boolean
  readonly #checks: boolean
  readonly #nfa: Nfa
  readonly #threads: Thread[]
  readonly #numbers = new Map<string, number>()
  readonly #dfas: Dfa[] = []
  readonly #behind: ReadonlyArray<Check & { readonly kind: 'behind' }>
  #stepsLeft: number

  constructor (nfa: Nfa, maxSteps: number) {
    const checks = nfa.states.flatMap(state => state.kind === 'check' ? [state.check] : [])
    this.words = nfa.states.some(asksForWords)
    this.#checks = checks.length > 0
    this.#nfa = nfa
    this.#stepsLeft = maxSteps
    this.#behind = checks.filter(check => check.kind === 'behind')
    // A thread without duties has the number of its state.
    this.#threads = nfa.states.map((_state, state) => ({ state, duties: NO_DUTIES }))
  }

  first (before: Before): Position {
    return { threads: [this.#nfa.start], before, behind: this.#behind.map(() => START), closures: {} }
  }

  key ({ threads, before, behind }: Position): string {
    return this.#checks ? `${threads.join()} ${before} ${behind.join()}` : threads.join()
  }

  accepts (position: Position): boolean {
    return this.#closure(position, 'end').accepted
  }

  /** Columns of one signature lead to one position. */
  signature (position: Position, column: number): number {
    const { sets } = this.#closure(position, this.#after(column))
    if (sets === undefined) return column
    let signature = 0
    for (let i = 0; i < sets.length; i++) signature = signature * 2 + ((sets[i] as CharSet)[column] as number) // a set has every column
    return signature
  }

  #after (column: number): 'word' | 'other' {
    return this.words && WORD[column] === 1 ? 'word' : 'other'
  }

  /** None if there is no way to go on. */
  next (position: Position, column: number): Position | undefined {
    const after = this.#after(column)
    const threads: number[] = []
    for (const { chars, to, duties } of this.#closure(position, after).readers) {
      this.#count()
      if (chars[column] !== 1) continue
      const number = duties === NO_DUTIES ? to : this.#number(to, duties.map(duty => ({ ...duty, state: step(duty.dfa, duty.state, column) })))
      if (number !== undefined) threads.push(number)
    }
    if (threads.length === 0) return undefined
    return {
      threads: threads.length === 1 ? threads : this.#withoutCovered(new Set(threads)).sort((a, b) => a - b),
      before: this.#checks ? after : position.before,
      behind: this.#behind.map(({ dfa }, i) => step(dfa, position.behind[i] as number, column)),
      closures: {}
    }
  }

  /**
   * Of several copies of one quantifier's element, the one with the most copies left reads all that the others read. The host names of
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

  #closure (position: Position, after: After): Closure {
    // Without checks, what follows makes no difference.
    const asked = this.#checks ? after : 'end'
    return (position.closures[asked] ??= this.#follow(position, asked))
  }

  #follow (position: Position, after: After): Closure {
    const readers: Reader[] = []
    const sets: CharSet[] = []
    let isPlain = !this.words && this.#behind.length === 0
    let accepted = false
    const seen = new Set(position.threads)
    // The set grows while it is walked through.
    for (const number of seen) {
      this.#count()
      const thread = this.#threads[number] as Thread // numbers are given to threads only
      const state = this.#nfa.states[thread.state] as NfaState // as above
      switch (state.kind) {
        case 'read':
          readers.push({ chars: state.chars, to: state.to, duties: thread.duties })
          if (!sets.includes(state.chars)) sets.push(state.chars)
          isPlain &&= thread.duties === NO_DUTIES
          break
        case 'accept':
          accepted ||= thread.duties === NO_DUTIES || thread.duties.every(({ dfa, state, negate }) => isFinal(dfa, state) !== negate)
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
    return { readers, sets: isPlain && sets.length <= MAX_SETS ? sets : undefined, accepted }
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
    if (duties === NO_DUTIES) return state
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
