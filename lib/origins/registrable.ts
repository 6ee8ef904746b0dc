import { parse } from 'tldts'
import { type BackNode, HostsBackwards, LABEL_COLUMNS } from './hosts-backwards'
import type { OriginLanguage } from './language'
import { type Budget, MAX_NAMES, namesFrom, strangeNames } from './spelled-out'

/** Which list makes a name a public suffix: a registry's, that of a company that gives names to its customers, or none. */
export type SuffixKind = 'icann' | 'private' | 'unlisted'

export interface Opening {
  readonly kind: SuffixKind
  /** The host of a stranger that gets in. */
  readonly host: string
}

export interface Registrable {
  /** The registrable domains that are spelled out, and the hosts that are public suffixes themselves or have one label. */
  readonly domains: ReadonlySet<string>
  /** The first of each kind. */
  readonly openings: ReadonlyMap<SuffixKind, Opening>
}

/** Most wildcards match one of these top-level domains. `com` is last: `example.com` would be an odd name for a stranger. */
const COMMON = ['org', 'net', 'io', 'dev', 'app', 'de', 'uk', 'me', 'co', 'ai', 'fr', 'nl', 'eu', 'us', 'info', 'xyz', 'shop', 'site',
  'online', 'cloud', 'store', 'agency', 'digital', 'network', 'company', 'services', 'software', 'solutions', 'technology', 'com']

// The most nodes of which the edges are looked at. A list of a thousand domains takes fewer.
const MAX_STEPS = 10_000

/** No rule of the public suffix list has more labels. */
const MAX_SUFFIX_LABELS = 7

/** What stands to the right of a label, which decides whether a stranger can take a name there. */
type Ground = SuffixKind | 'root' | 'owned'

/** Finds the registrable domains in a language of http and https origins, without IP addresses and names under localhost. */
export function registrableOf (language: OriginLanguage): Registrable {
  const search = new Search(language)
  search.below(search.hosts.root, '', 'root')
  search.giveUp()
  return { domains: search.domains, openings: search.openings }
}

/** By which list `host` is a public suffix; none if it is not one. */
export function suffixKind (host: string): SuffixKind | undefined {
  const { publicSuffix, isIcann, isPrivate } = ask(host)
  if (publicSuffix !== host) return undefined
  return isIcann === true ? 'icann' : isPrivate === true ? 'private' : 'unlisted'
}

function ask (host: string): ReturnType<typeof parse> {
  return parse(host, { allowPrivateDomains: true, extractHostname: false, validateHostname: false })
}

class Search {
  readonly hosts: HostsBackwards
  readonly domains = new Set<string>()
  readonly openings = new Map<SuffixKind, Opening>()
  readonly #budget: Budget = { steps: MAX_STEPS }

  constructor (language: OriginLanguage) {
    this.hosts = new HostsBackwards(language.dfa)
  }

  /** Looks at the labels to the left of `suffix`. */
  below (node: BackNode, suffix: string, ground: Ground): void {
    if (this.#budget.steps <= 0) return
    const { names, more } = namesFrom(this.hosts, node, LABEL_COLUMNS, this.#budget)
    if (more && ground === 'root' && this.#isTopLevelOpen(node)) return
    if (more && ground !== 'root' && ground !== 'owned') {
      this.#open(ground, node, suffix)
      return
    }
    if (more && ground === 'owned') this.#own(suffix)
    for (const { text, node } of names) this.#name(node, reversed(text), suffix, more && ground === 'owned')
  }

  #name (node: BackNode, label: string, right: string, isLast = false): void {
    const name = right === '' ? label : `${label}.${right}`
    const kind = suffixKind(name)
    if (this.hosts.isHost(node)) this.#own(name)
    const left = this.hosts.left(node)
    if (left === undefined) return
    // A public suffix may lie below a domain, as `s3.amazonaws.com` does.
    if (kind !== undefined) this.below(left, name, kind)
    else if (isLast || name.split('.').length >= MAX_SUFFIX_LABELS) this.#own(name)
    else this.below(left, name, 'owned')
  }

  #own (host: string): void {
    this.domains.add(ask(host).domain ?? host)
  }

  /**
   * Whether a stranger has one of the top-level domains that are not spelled out. A name that no registry has
   * is of no use to one: `/^https:\/\/app\.example.com$/` has `examplexcom`, but of its domains only `example.com` exists.
   */
  #isTopLevelOpen (node: BackNode): boolean {
    const { names, more } = namesFrom(this.hosts, node, LABEL_COLUMNS, this.#budget, MAX_NAMES)
    if (more) {
      const known = COMMON.find(label => this.#hasNames(this.hosts.follow(node, label)))
      return known === undefined ? this.#openAny(node) : this.#openBelow(node, known)
    }
    const spelledOut = new Set(namesFrom(this.hosts, node, LABEL_COLUMNS, this.#budget).names.map(({ text }) => text))
    const listed = names.filter(({ node, text }) => !spelledOut.has(text) && this.#hasNames(node) && suffixKind(reversed(text)) === 'icann')
    const [first, ...others] = listed
    if (first === undefined) return false
    if (others.length > 0) {
      const labels = listed.map(({ text }) => reversed(text)).filter(label => label !== 'com')
      return this.#openBelow(node, COMMON.find(label => labels.includes(label)) ?? labels[0] as string) // two are listed, and one of them is not com
    }
    this.#name(first.node, reversed(first.text), '')
    return false
  }

  #hasNames (node: BackNode | undefined): boolean {
    return node !== undefined && this.hosts.left(node) !== undefined
  }

  /** `top` must have names under it. */
  #openBelow (node: BackNode, top: string): boolean {
    const left = this.hosts.left(this.hosts.follow(node, top) as BackNode) as BackNode // so both are there
    const evil = this.hosts.follow(left, 'evil')
    return this.#add('icann', evil === undefined ? `${this.hosts.completion(left)}.${top}` : `${this.hosts.completion(evil)}evil.${top}`)
  }

  /** More top-level domains than can be looked at count as one of a registry; where nothing stands before them, they are hosts of one label. */
  #openAny (node: BackNode): boolean {
    let host: string | undefined
    for (const { text, node: at } of strangeNames(this.hosts, node, LABEL_COLUMNS, this.#budget)) {
      const left = this.hosts.left(at)
      if (left !== undefined) return this.#add('icann', `${this.hosts.completion(left)}.${reversed(text)}`)
      host ??= this.#readable(node, reversed(text))
    }
    return this.#add('unlisted', host ?? this.hosts.completion(node))
  }

  #open (kind: SuffixKind, node: BackNode, suffix: string): void {
    const [stranger] = strangeNames(this.hosts, node, LABEL_COLUMNS, this.#budget)
    const label = stranger === undefined ? '' : this.#readable(node, reversed(stranger.text))
    this.#add(kind, `${this.hosts.completion(this.hosts.follow(node, label) ?? node)}${label}.${suffix}`)
  }

  /** The label with "evil" in the place of one character, if the language has it. */
  #readable (node: BackNode, label: string): string {
    const evil = [`evil${label.slice(1)}`, `${label.slice(0, -1)}evil`, `evil${label}`]
    return evil.find(label => this.hosts.follow(node, label) !== undefined) ?? label
  }

  #add (kind: SuffixKind, host: string): true {
    if (!this.openings.has(kind)) this.openings.set(kind, { kind, host })
    return true
  }

  /** A language that takes too long to look through counts as open to everyone. */
  giveUp (): void {
    if (this.#budget.steps <= 0) this.#add('icann', this.hosts.completion(this.hosts.root))
  }
}

function reversed (text: string): string {
  return [...text].reverse().join('')
}
