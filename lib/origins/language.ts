import { MAX_HOST_LENGTH, MAX_LABEL_LENGTH, MAX_ORIGIN_LENGTH, partsOf } from '../protocol/origin'
import { type Dfa, START, isEmpty, isFinal, walk } from './automaton/dfa'
import { minimize } from './automaton/minimize'
import { shortest } from './automaton/paths'
import { difference, intersection } from './automaton/product'
import { type Unread, readDfa, reading } from './automaton/read'
import { FORMS } from './forms'
import { type OriginPattern, parseEntry } from './pattern'

export type { UnreadableReason } from './automaton/nfa'

export type ReadRegExp = { readonly kind: 'language', readonly language: OriginLanguage } | Unread

/** Reads a RegExp as the origins in which it is found and that a browser can send. It is never run. */
export function readRegExp (regexp: RegExp): ReadRegExp {
  return reading(() => {
    const dfa = readDfa(regexp)
    return { kind: 'language', language: new OriginLanguage(minimize(intersection(dfa, FORMS.any())), dfa) } as const
  })
}

/** The origins that exact origins and origin patterns stand for; none if an entry has a fault. */
export function languageOf (entries: readonly string[]): OriginLanguage | undefined {
  const sources = entries.map(sourceOf)
  if (sources.includes(undefined)) return undefined
  const read = readRegExp(new RegExp(`^(?:${sources.join('|')})$`))
  return read.kind === 'language' ? read.language : undefined
}

function sourceOf (entry: string): string | undefined {
  const parsed = parseEntry(entry)
  switch (parsed.kind) {
    case 'exact': return escape(parsed.origin)
    case 'pattern': return patternSource(parsed.pattern)
    case 'fault': return undefined
  }
}

function patternSource (pattern: OriginPattern): string {
  const below = pattern.kind === 'ports' ? '' : '(?:[\\w-]+\\.)+'
  const port = pattern.kind !== 'subdomains' ? '(?::\\d+)?' : pattern.port === '' ? '' : `:${pattern.port}`
  return `${escape(`${pattern.scheme}://`)}${below}${escape(pattern.host)}${port}`
}

function escape (text: string): string {
  return text.replace(/[.+[\]]/g, '\\$&')
}

/** A set of origins, as a table that is walked through once for each origin asked about. */
export class OriginLanguage {
  readonly dfa: Dfa
  /** Whether the RegExp is found in `null`, the origin of documents without one; and in `file://`, which is treated alike. */
  readonly matchesNull: boolean
  readonly matchesFile: boolean

  /** `all`: the automaton before its intersection with the forms of origins, which leave out `null` and `file://`. */
  constructor (dfa: Dfa, all: Dfa = dfa) {
    this.dfa = dfa
    this.matchesNull = isFinal(all, walk(all, START, 'null'))
    this.matchesFile = isFinal(all, walk(all, START, 'file://'))
  }

  /** For a text that `isSerializedOrigin` has accepted. */
  has (origin: string): boolean {
    return isFinal(this.dfa, walk(this.dfa, START, origin))
  }

  /** No origin that a browser can send is in it. */
  get isEmpty (): boolean {
    return this.example() === undefined
  }

  /** The shortest origin in it. */
  example (): string | undefined {
    if (isEmpty(this.dfa)) return undefined
    const text = shortest(this.dfa)
    if (text === undefined || isShort(text)) return text
    const other = shortest(this.dfa, { maxLength: MAX_ORIGIN_LENGTH, maxLabel: MAX_LABEL_LENGTH })
    return other === undefined || !isShort(other) ? undefined : other
  }

  /** The shortest origin in it that is `start`, an origin without its port, or that adds a port to it. */
  withHost (start: string): string | undefined {
    const state = walk(this.dfa, START, start)
    if (isFinal(this.dfa, state)) return start
    const port = shortest(this.dfa, { from: walk(this.dfa, state, ':') })
    return port === undefined ? undefined : `${start}:${port}`
  }

  and (form: Dfa): OriginLanguage {
    return new OriginLanguage(intersection(this.dfa, form))
  }

  without (form: Dfa): OriginLanguage {
    return new OriginLanguage(difference(this.dfa, form))
  }

  /** The shortest origin that it has and `other` does not; none if `other` covers it. */
  difference (other: OriginLanguage): string | undefined {
    return this.without(other.dfa).example()
  }

  /** Whether `origin` is the only one in it. */
  isOnly (origin: string): boolean {
    const read = readRegExp(new RegExp(`^${escape(origin)}$`))
    return read.kind === 'language' && this.equals(read.language)
  }

  equals (other: OriginLanguage): boolean {
    return this.difference(other) === undefined && other.difference(this) === undefined
  }
}

function isShort (text: string): boolean {
  return partsOf(text).host.length <= MAX_HOST_LENGTH && text.split(/[./:]/).every(label => label.length <= MAX_LABEL_LENGTH)
}
