import { ALPHABET, columnOf } from './automaton/alphabet'
import { classesIn } from './automaton/classes'
import { type Dfa, DEAD, START, isFinal, step, walk } from './automaton/dfa'
import type { Graph } from './spelled-out'

/** A point on a walk from the end of a host to its beginning: the states from which the part that was read completes a host. */
export interface BackNode {
  readonly states: readonly number[]
  /** By the class of a column; none where nothing goes on. */
  readonly next: Array<BackNode | null>
}

/** The characters of names, the readable ones first. */
export const LABEL_COLUMNS = columnsOf('xabcdefghijklmnopqrstuvwyz0123456789-_')
const HOST_COLUMNS = [...LABEL_COLUMNS, ...columnsOf('.')]
const DOT = columnOf(46)
const COLON = columnOf(58)

export function columnsOf (chars: string): number[] {
  return Array.from(chars, char => columnOf(char.charCodeAt(0)))
}

/**
 * The hosts of a language of http and https origins, read from their ends, as the public suffix list is. Ports are
 * split off: a host is in it if it is with any port or none. Sets of states make the walk deterministic; since
 * the automaton is, equal ends are equal sets.
 */
export class HostsBackwards implements Graph<BackNode> {
  readonly root: BackNode
  readonly #dfa: Dfa
  readonly #starts: ReadonlySet<number>
  /** The class of each column, and for each class and state the states that lead to it. Those of ports are not among them. */
  readonly #classes: readonly number[]
  readonly #sources: Array<Array<number[] | undefined>> = []
  readonly #nodes = new Map<string, BackNode>()

  constructor (dfa: Dfa) {
    this.#dfa = dfa
    this.#classes = classesIn(dfa)
    this.#starts = new Set(['https://', 'http://'].map(scheme => walk(dfa, START, scheme)).filter(state => state !== DEAD))
    const inHosts = new Set(this.#starts)
    const columns = [...new Map(HOST_COLUMNS.map(column => [this.#classes[column], column])).values()]
    // The set grows while it is walked through.
    for (const state of inHosts) this.#leave(state, columns, inHosts)
    const ends = [...inHosts].filter(state => isFinal(dfa, state) || step(dfa, state, COLON) !== DEAD)
    // A root dot does not make another domain.
    this.root = this.#node([...new Set([...ends, ...this.#before(ends, DOT)])])
  }

  #leave (state: number, columns: readonly number[], inHosts: Set<number>): void {
    for (const column of columns) {
      const to = step(this.#dfa, state, column)
      if (to === DEAD) continue
      inHosts.add(to)
      const sources = (this.#sources[this.#class(column)] ??= [])
      const known = sources[to]
      if (known === undefined) sources[to] = [state]
      else known.push(state)
    }
  }

  #class (column: number): number {
    return this.#classes[column] as number // every column has one
  }

  /** The states that lead to these. Each leads to only one state, so none is found twice. */
  #before (states: readonly number[], column: number): number[] {
    const sources = this.#sources[this.#class(column)]
    return sources === undefined ? [] : states.flatMap(state => sources[state] ?? [])
  }

  step (node: BackNode, column: number): BackNode | undefined {
    const known = node.next[this.#class(column)]
    if (known !== undefined) return known ?? undefined
    const states = this.#before(node.states, column)
    const next = states.length === 0 ? null : this.#node(states)
    node.next[this.#class(column)] = next
    return next ?? undefined
  }

  /** A label ends here, at a dot or at the beginning of the host. */
  isEnd (node: BackNode): boolean {
    return this.isHost(node) || this.left(node) !== undefined
  }

  isHost (node: BackNode): boolean {
    return node.states.some(state => this.#starts.has(state))
  }

  /** What stands before the dot. */
  left (node: BackNode): BackNode | undefined {
    return this.step(node, DOT)
  }

  /** The node at which the label begins, if the language goes on so. */
  follow (node: BackNode, label: string): BackNode | undefined {
    let at: BackNode | undefined = node
    for (let i = label.length - 1; i >= 0 && at !== undefined; i--) at = this.step(at, columnOf(label.charCodeAt(i)))
    return at !== undefined && this.isEnd(at) ? at : undefined
  }

  /** The shortest text that makes a host of what was read; the empty one if it is a host. */
  completion (node: BackNode): string {
    const wanted = new Set(node.states)
    const texts = new Map(Array.from(this.#starts, state => [state, '']))
    // The map grows while it is walked through, in width.
    for (const [state, text] of texts) {
      for (const column of HOST_COLUMNS) {
        const to = step(this.#dfa, state, column)
        if (to !== DEAD && !texts.has(to)) texts.set(to, text + String(ALPHABET[column]))
      }
    }
    const [, text] = [...texts].find(([state]) => wanted.has(state)) as [number, string] // a node's states are reached from a start
    return text
  }

  #node (states: number[]): BackNode {
    states.sort((a, b) => a - b)
    const key = states.join()
    const known = this.#nodes.get(key)
    if (known !== undefined) return known
    const node = { states, next: [] }
    this.#nodes.set(key, node)
    return node
  }
}
