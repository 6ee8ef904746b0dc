import { admittedBy } from '../origins/admitted'
import { FORMS } from '../origins/forms'
import { type OriginLanguage, languageOf, readRegExp } from '../origins/language'
import { alternatives, weaknessesOf } from '../origins/regexp'
import { isLoopback } from '../protocol/origin'
import { quote, quoteAll } from './text'

// What to write in place of a refused RegExp, as code. Each is proved on the language: it is accepted, it has nothing that
// the refused one has not, and no stranger gets in. Loaded only if there is a RegExp to correct.

/** A RegExp that is found in both has no name of its own. */
const ANYBODY = ['https://evil.org', 'https://a.b.net:8443']

interface Candidate {
  readonly code: string
  readonly language: OriginLanguage
}

/** The RegExp with anchors around all of it and without the flags that matter to no single origin. */
export function closed (regexp: RegExp): string | undefined {
  const original = readRegExp(regexp)
  if (original.kind === 'unreadable') return undefined
  const extension = extensionFix(original.language)
  if (extension !== undefined) return extension
  if (ANYBODY.every(origin => original.language.has(origin))) return "'*' without credentials, for any origin, or the origins that you mean, one by one"
  const repaired = candidate(anchoredSource(regexp), usualFlags(regexp))
  if (repaired === undefined || !isSound(repaired.language, original.language)) return undefined
  const patterns = patternsLike(repaired.language)
  return patterns === undefined ? repaired.code : `${patterns}, or ${repaired.code}`
}

/** The RegExp in the form of the origins that a browser sends, where it has upper case, blanks, a slash at its end or a default port. */
export function asSent (regexp: RegExp): string | undefined {
  if (/^\^?\\\*\$?$/.test(regexp.source)) return "'*', which is a text, for any origin"
  const source = anchoredSource(regexp)
    .replace(/\\[\s\S]|[A-Z]/g, match => match.length === 2 ? match : match.toLowerCase())
    .replace(/^\^(?: |\\s[+*]?)+|(?: |\\s[+*]?)+\$$/g, match => match.startsWith('^') ? '^' : '$')
    .replace(/(?:\\?\/|\\?\/[*+])+\$$/, '$')
    .replace(/^(\^https:.*):443\$$|^(\^http:.*):80\$$/, (_match, https?: string, http?: string) => `${https ?? http ?? ''}$`)
  const sent = candidate(source, usualFlags(regexp))
  return sent === undefined || !isClosed(sent.language) ? undefined : sent.code
}

/** The RegExp with its dots escaped, or the patterns for the domain that it ends in. */
export function withoutStrangers (regexp: RegExp, language: OriginLanguage): string | undefined {
  const escaped = candidate(regexp.source.replace(/(?<=[a-z0-9)-])\.(?=[a-z0-9(-])/g, '\\.'), usualFlags(regexp))
  if (escaped !== undefined && isSound(escaped.language, language) && !isInsecure(escaped.language)) return escaped.code
  const host = literalHost(regexp.ignoreCase ? regexp.source.toLowerCase() : regexp.source)
  if (host === undefined) return undefined
  for (const port of [':*', ...portOf(regexp.source), '']) {
    const origins = [`https://${host}${port}`, `https://*.${host}${port}`]
    const options = [origins, origins.slice(0, 1), origins.slice(1)]
    const sound = options.find(list => {
      const narrower = languageOf(list)
      return narrower !== undefined && isSound(narrower, language)
    })
    if (sound !== undefined) return codeOf(sound)
  }
  return undefined
}

/** The RegExp with https alone, if it loses no origin of the machine that the browser runs on. */
export function encrypted (regexp: RegExp, language: OriginLanguage): string | undefined {
  const secure = candidate(regexp.source.replace(/^\^(?:https\?|http|\(\?:https\?\)|\(https\?\)|\(\?:https?\|https?\)|\(https?\|https?\))(?=:)/, '^https'), usualFlags(regexp))
  if (secure === undefined || !isClosed(secure.language) || isInsecure(secure.language)) return undefined
  return language.and(FORMS.loopback()).difference(secure.language) === undefined ? secure.code : undefined
}

function candidate (source: string, flags: string): Candidate | undefined {
  const regexp = regExpOf(source, flags)
  if (regexp === undefined || weaknessesOf(regexp).length > 0) return undefined
  const read = readRegExp(regexp)
  if (read.kind === 'unreadable') return undefined
  const { language } = read
  return language.matchesNull || language.matchesFile || language.isEmpty ? undefined : { code: String(regexp), language }
}

function regExpOf (source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags)
  } catch {
    return undefined
  }
}

function usualFlags ({ flags }: RegExp): string {
  return flags.replace(/[gym]/g, '')
}

function isSound (narrower: OriginLanguage, original: OriginLanguage): boolean {
  return narrower.difference(original) === undefined && isClosed(narrower)
}

function isClosed (language: OriginLanguage): boolean {
  return admittedBy(language).openings.length === 0
}

function isInsecure (language: OriginLanguage): boolean {
  return admittedBy(language).insecure !== undefined
}

function codeOf (origins: readonly string[]): string {
  const [only] = origins
  return origins.length === 1 && only !== undefined ? quote(only) : `[${quoteAll(origins)}]`
}

/** The origin patterns that are equal to a language which spells out one host, or one domain. */
function patternsLike (language: OriginLanguage): string | undefined {
  const { domains, loopback } = admittedBy(language)
  const hosts = [...domains, ...loopback === undefined ? [] : [hostOf(loopback)], ...exactHost(language)]
  for (const host of new Set(hosts)) {
    for (const port of ['', ':*']) {
      const at = (scheme: string) => [`${scheme}://${host}${port}`, `${scheme}://*.${host}${port}`]
      const [https, http] = [at('https'), at('http')]
      const both = https.map((origin, i) => [origin, http[i] ?? origin])
      const lists = [...https.map(origin => [origin]), ...http.map(origin => [origin]), ...both, https, http, [...https, ...http]]
      const equal = lists.find(list => languageOf(list)?.equals(language))
      if (equal !== undefined) return codeOf(equal)
    }
  }
  return undefined
}

/** The host of the shortest origin, and what is below its first label: of `https://a.b.example.com`, `b.example.com`. */
function exactHost (language: OriginLanguage): string[] {
  const example = language.example()
  if (example === undefined) return []
  const host = hostOf(example)
  return [host, host.slice(host.indexOf('.') + 1)]
}

function hostOf (origin: string): string {
  return origin.replace(/^.*:\/\//, '').replace(/:\d+$/, '')
}

/** The names at the end of a source, such as `example.com` of `^https:\/\/.*example\.com$`. */
function literalHost (source: string): string | undefined {
  const [, name] = /([a-z0-9-]+(?:\\?\.[a-z0-9-]+)+)(?::\d+|\(?(?:\?:)?:\\d[+*]\)?[?*]?)?\)*\$?$/.exec(source) ?? []
  return name?.replaceAll('\\', '').replace(/^-+/, '')
}

function portOf (source: string): string[] {
  return /:\d+(?=\$?$)/.exec(source) ?? []
}

/** The source with anchors around all of it, and without the anchors of each alternative. */
function anchoredSource (regexp: RegExp): string {
  const parts = alternatives(regexp).map(part => {
    const whole = withScheme(part.replace(/^\^/, '').replace(/(?<!\\)\$$/, ''))
    return /(?<!\\)\$$/.test(part) ? whole : withPort(whole)
  })
  return `^${parts.length > 1 ? `(?:${parts.join('|')})` : parts.join('')}$`
}

function withScheme (part: string): string {
  if (/:\\?\//.test(part)) return part
  if (isLoopback(hostIn(part))) return `https?:\\/\\/${part}`
  if (part.startsWith('\\.')) return `https:\\/\\/.+${part}`
  return /^[a-z0-9-]+(?:\\\.[a-z0-9-]+)+$/.test(part) ? `https:\\/\\/(?:.+\\.)?${part}` : `https:\\/\\/${part}`
}

/** Where the end is open and the host is the user's own machine, any port is meant. */
function withPort (part: string): string {
  return isLoopback(hostIn(part)) && !/:(?:\\d|\d)[^/]*$/.test(part) ? `${part}(?::\\d+)?` : part
}

function hostIn (part: string): string {
  return part.replace(/^.*:(?:\\?\/){2}/, '').replaceAll('\\', '').replace(/:.*$/, '')
}

const extensions = /^(chrome|moz|safari-web)-extension:/

/** No form stands for one extension of any id but its own origin. */
function extensionFix (language: OriginLanguage): string | undefined {
  const example = language.and(FORMS.otherSchemes()).example()
  const [scheme] = extensions.exec(example ?? '') ?? []
  if (scheme === undefined || !language.without(FORMS.otherSchemes()).isEmpty) return undefined
  return extensionAdvice(scheme)
}

/** What to write for an extension, whose id is the host of its origin. `scheme` ends in its colon. */
export function extensionAdvice (scheme: string): string {
  return scheme === 'chrome-extension:'
    ? "the origin of your extension, whose host is its id, such as 'chrome-extension://abcdefghijklmnopabcdefghijklmnop'; /^chrome-extension:\\/\\/[a-p]{32}$/ lets in every extension that a user has installed"
    : `/^${scheme}\\/\\/[0-9a-f-]{36}$/, since the id differs on each computer; it lets in every extension that a user has installed`
}
