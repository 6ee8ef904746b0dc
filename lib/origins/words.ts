import { partsOf } from '../protocol/origin'
import { type Admitted, type Opening, admittedBy } from './admitted'
import { FORMS } from './forms'
import { type OriginLanguage, languageOf } from './language'

const SCHEMES = ['https://', 'http://']
const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]']

const strangers: Readonly<Record<Opening['kind'], string>> = {
  domain: 'anyone with a domain',
  'private-suffix': 'anyone who takes a name there',
  unlisted: 'any name of the local network',
  address: 'any IP address',
  'private-address': 'any IP address of a private network'
}

/**
 * In a few words, who gets in: "any subdomain of example.com", "localhost at any port", "anyone with a domain, such as
 * https://evilexample.com".
 */
export function whoGetsIn (language: OriginLanguage): string {
  const admitted = admittedBy(language)
  const [opening] = admitted.openings
  if (opening !== undefined) return `${strangers[opening.kind]}, such as ${opening.witness}`
  const words = [
    ...admitted.domains.map(domain => domainWords(language, domain)),
    ...admitted.addresses,
    ...otherWords(language, admitted)
  ]
  return words.length === 0 ? 'no origin' : `${words.slice(0, 5).join(', ')}${words.length > 5 ? ` and ${words.length - 5} more` : ''}`
}

/** Which hosts of a spelled-out domain get in. */
function domainWords (language: OriginLanguage, domain: string): string {
  const itself = hasHost(language, domain) ? [domain] : []
  if (SCHEMES.some(scheme => hasAll(language, `${scheme}*.${domain}`))) return [...itself, `any subdomain of ${domain}`].join(' and ')
  const below = languageOf(SCHEMES.map(scheme => `${scheme}*.${domain}:*`)) as OriginLanguage // a domain is the host of a pattern
  const example = language.and(below.dfa).example()
  if (example === undefined) return domain
  const { host } = partsOf(example)
  const only = languageOf(SCHEMES.map(scheme => `${scheme}${host}:*`)) as OriginLanguage // the host of an origin is one of a pattern
  const others = language.and(below.dfa).difference(only)
  return [...itself, others === undefined ? host : `subdomains of ${domain} such as ${host}`].join(' and ')
}

function otherWords (language: OriginLanguage, { loopback, otherScheme }: Admitted): string[] {
  const hosts = LOOPBACK_HOSTS.filter(host => hasHost(language, host))
  const anyPort = hosts.every(host => SCHEMES.some(scheme => hasAll(language, `${scheme}${host}:*`)))
  return [
    ...loopback === undefined ? [] : hosts.length === 0 ? [`this machine, as ${loopback}`] : [`${hosts.join(' and ')}${anyPort ? ' at any port' : ''}`],
    ...otherScheme === undefined ? [] : [language.without(FORMS.web()).isOnly(otherScheme) ? otherScheme : `origins such as ${otherScheme}`]
  ]
}

function hasHost (language: OriginLanguage, host: string): boolean {
  return SCHEMES.some(scheme => language.withHost(scheme + host) !== undefined)
}

function hasAll (language: OriginLanguage, pattern: string): boolean {
  const all = languageOf([pattern]) as OriginLanguage // as above
  return all.difference(language) === undefined
}
