import { addressesOf } from './addresses'
import { FORMS } from './forms'
import type { OriginLanguage } from './language'
import { type SuffixKind, registrableOf } from './registrable'

/** How a stranger gets in. */
export interface Opening {
  readonly kind:
    /** Anyone can register the domain. */
    | 'domain'
    /** Anyone can take the name from a company that gives names to its customers: `evil.vercel.app`. */
    | 'private-suffix'
    /** No registry is known to rule there: `evil.internal`, or a host of any one label. */
    | 'unlisted'
    /** IP addresses that are not spelled out; `private-address` if all of them are of private networks. */
    | 'address' | 'private-address'
  /** An origin of such a stranger, in the language. */
  readonly witness: string
}

/** Who can get in by an origin, a pattern or a RegExp. */
export interface Admitted {
  /** The first of each kind. Empty: only what the other fields name gets in. */
  readonly openings: readonly Opening[]
  /** Registrable domains, public suffixes and hosts of one label that are spelled out, sorted. */
  readonly domains: readonly string[]
  /** IP addresses that are spelled out, sorted; loopback addresses are not among them. */
  readonly addresses: readonly string[]
  /** An origin of the machine that the browser runs on, if one gets in. */
  readonly loopback: string | undefined
  /** An `http` origin of another machine. */
  readonly insecure: string | undefined
  /** An origin with a scheme other than http and https. It crosses no network, and its host is not a domain. */
  readonly otherScheme: string | undefined
}

const kinds: Readonly<Record<SuffixKind, Opening['kind']>> = { icann: 'domain', private: 'private-suffix', unlisted: 'unlisted' }

/** Who can get in. The answer is exact, and the same each time. */
export function admittedBy (language: OriginLanguage): Admitted {
  const { domains, openings } = registrableOf(language.and(FORMS.remoteNames()))
  const remoteAddresses = language.and(FORMS.remoteAddresses())
  const addresses = addressesOf(remoteAddresses.dfa)
  return {
    openings: [
      ...Array.from(openings.values(), ({ kind, host }) => ({ kind: kinds[kind], witness: originOf(language, host) })),
      ...addresses.stranger === undefined ? [] : [addressOpening(remoteAddresses, addresses.stranger)]
    ],
    domains: [...domains].sort(),
    addresses: [...addresses.spelledOut].sort(),
    // Getters, because each caller needs only some of them.
    get loopback () { return language.and(FORMS.loopback()).example() },
    get insecure () { return language.and(FORMS.remoteHttp()).example() },
    get otherScheme () { return language.and(FORMS.otherSchemes()).example() }
  }
}

/** An address outside the private networks, if there is one that is not spelled out. */
function addressOpening (addresses: OriginLanguage, stranger: string): Opening {
  const outside = addressesOf(addresses.without(FORMS.privateAddress()).dfa).stranger
  return outside === undefined
    ? { kind: 'private-address', witness: originOf(addresses, stranger) }
    : { kind: 'address', witness: originOf(addresses, outside) }
}

/** An origin with this host, with the root dot or a port if there must be one. */
function originOf (language: OriginLanguage, host: string): string {
  const starts = ['https://', 'http://'].flatMap(scheme => [scheme + host, `${scheme}${host}.`])
  return starts.map(start => language.withHost(start)).find(origin => origin !== undefined) as string // it has an origin with that host
}
