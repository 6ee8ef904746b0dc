import { ALPHABET, columnOf } from './automaton/alphabet'
import { type Dfa, DEAD, START, isFinal, step, walk } from './automaton/dfa'
import type { Graph } from './spelled-out'

/** Where a walk from the end of a host towards its beginning is: the states from which what was read is a host's end. */
export interface BackNode {
  readonly states: readonly number[]
  readonly next: Map<number, BackNode | undefined>
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
  /** For each column and state the states that lead to it. Those of ports are not among them. */
  readonly #sources = new Map<number, Map<number, number[]>>()
  readonly #nodes = new Map<string, BackNode>()

  constructor (dfa: Dfa) {
    this.#dfa = dfa
    this.#starts = new Set(['https://', 'http://'].map(scheme => walk(dfa, START, scheme)).filter(state => state !== DEAD))
    const inHosts = new Set(this.#starts)
    // The set grows while it is walked through.
    for (const state of inHosts) this.#leave(state, inHosts)
    const ends = [...inHosts].filter(state => isFinal(dfa, state) || step(dfa, state, COLON) !== DEAD)
    // The root dot makes no other domain.
    const dotted = ends.flatMap(state => this.#sources.get(DOT)?.get(state) ?? [])
    this.root = this.#node(new Set([...ends, ...dotted]))
  }

  #leave (state: number, inHosts: Set<number>): void {
    for (const column of HOST_COLUMNS) {
      const to = step(this.#dfa, state, column)
      if (to === DEAD) continue
      inHosts.add(to)
      const sources = this.#sources.get(column) ?? new Map<number, number[]>()
      this.#sources.set(column, sources.set(to, [...sources.get(to) ?? [], state]))
    }
  }

  step (node: BackNode, column: number): BackNode | undefined {
    if (!node.next.has(column)) {
      const sources = this.#sources.get(column)
      const states = new Set(node.states.flatMap(state => sources?.get(state) ?? []))
      node.next.set(column, states.size === 0 ? undefined : this.#node(states))
    }
    return node.next.get(column)
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

  #node (states: ReadonlySet<number>): BackNode {
    const sorted = [...states].sort((a, b) => a - b)
    const key = sorted.join()
    const known = this.#nodes.get(key)
    if (known !== undefined) return known
    const node = { states: sorted, next: new Map<number, BackNode | undefined>() }
    this.#nodes.set(key, node)
    return node
  }
}
