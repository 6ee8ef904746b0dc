import { admittedBy } from '../origins/admitted'
import { FORMS } from '../origins/forms'
import { type OriginLanguage, languageOf, readRegExp } from '../origins/language'
import { alternatives, weaknessesOf } from '../origins/regexp'
import { isLoopback } from '../protocol/origin'
import { needsEncryption, strangersMatter } from './exposure'
import type { Exposure } from './settings'
import { codeOf } from './wording'

// What to write in place of a refused RegExp, as code. Each is proved on the language: it is accepted, it has nothing that
// the refused one has not, and no stranger gets in. Loaded only if there is a RegExp to correct.

/** A RegExp that is found in both has no name of its own. */
const ANYBODY = ['https://evil.org', 'https://a.b.net:8443']

interface Candidate {
  readonly code: string
  readonly language: OriginLanguage
  /** What it matches before it is changed to https: nothing that the refused RegExp does not match. */
  readonly plain: OriginLanguage
}

/**
 * What to write for a RegExp that is open, so that these settings accept it: patterns, the RegExp with anchors around all
 * of it, with its dots escaped or with https alone, or the patterns of the domain that it ends in.
 */
export function closed (regexp: RegExp, exposure: Exposure): string | undefined {
  const original = languageIn(regexp)
  if (original === undefined) return undefined
  if (ANYBODY.every(origin => original.has(origin))) return strangersMatter(exposure) ? undefined : "'*'"
  const extension = extensionFix(original)
  if (extension !== undefined) return extension
  const repaired = repairs(regexp).find(each => isWritten(regexp, each.plain) && each.plain.difference(original) === undefined && isAccepted(each.language, exposure))
  if (repaired === undefined) return domainPatterns(regexp, original)
  const patterns = weaknessesOf(regexp).length > 0 ? patternsLike(repaired.language) : undefined
  return patterns === undefined ? repaired.code : `${patterns}, or the RegExp ${repaired.code}`
}

/** Whether the host can be meant: of `/example/` the name is a part, and `https://example` is a host that no one has. */
function isWritten (regexp: RegExp, repaired: OriginLanguage): boolean {
  const host = hostOf(repaired.example() as string) // a candidate is never empty
  return regexp.source.includes(':') || host.includes('.') || isLoopback(host)
}

/** The RegExp with more and more repairs: the first one that is accepted changes the least. */
function repairs (regexp: RegExp): Candidate[] {
  const source = weaknessesOf(regexp).length > 0 ? anchoredSource(regexp) : regexp.source
  return [source, escapedDots(source)].flatMap(each => alsoEncrypted(each, usualFlags(regexp)))
}

/** The RegExp of a source, and the one with https alone if that keeps what runs on the user's own machine. */
function alsoEncrypted (source: string, flags: string): Candidate[] {
  const plain = candidate(source, flags)
  if (plain === undefined) return []
  const encrypted = candidate(encryptedSource(source), flags)
  const keepsLoopback = encrypted !== undefined && plain.language.and(FORMS.loopback()).difference(encrypted.language) === undefined
  return keepsLoopback ? [plain, { ...encrypted, plain: plain.language }] : [plain]
}

function escapedDots (source: string): string {
  return source.replace(/(?<=[a-z0-9)-])\.(?=[a-z0-9(-])/g, '\\.')
}

function encryptedSource (source: string): string {
  return source.replace(/(?<=^\^http:.*)\((?:\?:)?:80\)\?(?=\$$)/, '').replace(/^\^(?:https\?|http|\(\?:https\?\)|\(https\?\)|\(\?:https?\|https?\)|\(https?\|https?\))(?=:)/, '^https')
}

/** Whether no stranger gets in, and these options accept it. */
function isAccepted (language: OriginLanguage, exposure: Exposure): boolean {
  const admitted = admittedBy(language)
  return admitted.openings.length === 0 && !(needsEncryption(exposure) && admitted.insecure !== undefined)
}

/** The patterns for the domain that it ends in, if it spells one out. */
function domainPatterns (regexp: RegExp, language: OriginLanguage): string | undefined {
  const host = literalHost(regexp.ignoreCase ? regexp.source.toLowerCase() : regexp.source)
  if (host === undefined) return undefined
  for (const port of [':*', ...portOf(regexp.source), '']) {
    const origins = [`https://${host}${port}`, `https://*.${host}${port}`]
    const options = [origins, origins.slice(0, 1), origins.slice(1)]
    const sound = options.find(list => {
      const narrower = languageOf(list)
      return narrower !== undefined && isSound(narrower, language)
    })
    if (sound !== undefined) return `${codeOf(sound)}${leftOut(language, sound, host)}`
  }
  return undefined
}

/** Of the same domain an origin that the patterns leave out, and that is not the work of a stranger. */
function leftOut (language: OriginLanguage, patterns: readonly string[], host: string): string {
  const [domain, kept] = [[`https://${host}:*`, `https://*.${host}:*`], patterns].map(list => languageOf(list) as OriginLanguage) as [OriginLanguage, OriginLanguage] // a pattern with this host was accepted
  const lost = language.and(domain.dfa).difference(kept)
  return lost === undefined ? '' : `, which leaves out origins such as ${lost}`
}

/** The RegExp in the form of the origins that a browser sends, where it has upper case, blanks, a slash at its end or a default port. */
export function asSent (regexp: RegExp, exposure: Exposure): string | undefined {
  if (/^\^?\\\*\$?$/.test(regexp.source)) return strangersMatter(exposure) ? undefined : "'*'"
  const source = anchoredSource(regexp)
    .replace(/\\[\s\S]|[A-Z]/g, match => match.length === 2 ? match : match.toLowerCase())
    .replace(/^\^(?: |\\s[+*]?)+|(?: |\\s[+*]?)+\$$/g, match => match.startsWith('^') ? '^' : '$')
    .replace(/(?:\\?\/|\\?\/[*+])+\$$/, '$')
    .replace(/(?<=^\^https:.*):443(?=\$$)|(?<=^\^http:.*):80(?=\$$)/, '')
  return acceptedForm(source, usualFlags(regexp), exposure)
}

/** The code of a RegExp with this source, with https alone if these options need it; none if they would refuse it all the same. */
export function acceptedForm (source: string, flags: string, exposure: Exposure): string | undefined {
  return alsoEncrypted(source, flags).find(({ language }) => isAccepted(language, exposure))?.code
}

function candidate (source: string, flags: string): Candidate | undefined {
  const regexp = regExpOf(source, flags)
  const language = regexp === undefined || weaknessesOf(regexp).length > 0 ? undefined : languageIn(regexp)
  return language === undefined || language.matchesNull || language.matchesFile || language.isEmpty
    ? undefined
    : { code: String(regexp), language, plain: language }
}

function regExpOf (source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags)
  } catch {
    return undefined
  }
}

export function languageIn (regexp: RegExp): OriginLanguage | undefined {
  const read = readRegExp(regexp)
  return read.kind === 'language' ? read.language : undefined
}

function usualFlags ({ flags }: RegExp): string {
  return flags.replace(/[gym]/g, '')
}

function isSound (narrower: OriginLanguage, original: OriginLanguage): boolean {
  return narrower.difference(original) === undefined && admittedBy(narrower).openings.length === 0
}

/** The origin patterns that are equal to a language which spells out one host, or one domain. */
function patternsLike (language: OriginLanguage): string | undefined {
  const { domains, loopback } = admittedBy(language)
  const hosts = [...domains, ...loopback === undefined ? [] : [hostOf(loopback)], ...exactHost(language)]
  for (const host of new Set(hosts)) {
    for (const port of ['', ':*']) {
      const at = (scheme: string) => [`${scheme}://${host}${port}`, `${scheme}://*.${host}${port}`]
      const [https, http] = [at('https'), at('http')]
      const both = https.map((origin, i) => [origin, http[i] as string]) // the two are made alike
      const lists = [...https.map(origin => [origin]), ...http.map(origin => [origin]), ...both, https, http, [...https, ...http]]
      const equal = lists.find(list => languageOf(list)?.equals(language))
      if (equal !== undefined) return codeOf(equal)
    }
  }
  return undefined
}

/** The host of the shortest origin, and what is below its first label: of `https://a.b.example.com`, `b.example.com`. */
function exactHost (language: OriginLanguage): string[] {
  const host = hostOf(language.example() as string) // a candidate is never empty
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
    ? "the origin of your extension, whose host is its id, such as 'chrome-extension://abcdefghijklmnopabcdefghijklmnop', or, to let in every extension that a user has installed, the RegExp /^chrome-extension:\\/\\/[a-p]{32}$/"
    : `for every extension that a user has installed, since the id differs on each computer, the RegExp /^${scheme}\\/\\/[0-9a-f-]{36}$/`
}
