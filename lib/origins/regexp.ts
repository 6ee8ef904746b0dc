import { safeRegex } from 'safe-regex2'
import { isPublicSuffix } from './public-suffix'

/** What is wrong with a RegExp that is to match the whole origin, in linear time. */
export type RegExpWeakness = 'UNANCHORED' | 'ALTERNATION' | 'FLAGS' | 'UNSAFE'

export function weaknessesOf (regexp: RegExp): RegExpWeakness[] {
  const found: RegExpWeakness[] = []
  if (!isAnchored(regexp.source)) found.push('UNANCHORED')
  else if (alternatives(regexp).length > 1) found.push('ALTERNATION')
  if (/[gym]/.test(regexp.flags)) found.push('FLAGS')
  if (!isSafe(regexp)) found.push('UNSAFE')
  return found
}

/** Whether its running time is known to be bounded; no other is ever run unasked. */
export function isSafe (regexp: RegExp): boolean {
  return safeRegex(regexp)
}

function isAnchored (source: string): boolean {
  const [backslashes = ''] = /\\*(?=\$$)/.exec(source) ?? []
  return source.startsWith('^') && source.endsWith('$') && backslashes.length % 2 === 0
}

/** The parts between the bars that stand in no group and in no class. */
export function alternatives ({ source }: RegExp): string[] {
  const parts: string[] = []
  let groups = 0
  let inClass = false
  let start = 0
  for (let i = 0; i < source.length; i++) {
    const char = source[i]
    if (char === '\\') i++
    // The `v` flag lets classes nest, but then bars and parentheses in them are escaped.
    else if (char === '[') inClass = true
    else if (char === ']') inClass = false
    else if (inClass) continue
    else if (char === '(') groups++
    else if (char === ')') groups--
    else if (char === '|' && groups === 0) {
      parts.push(source.slice(start, i))
      start = i + 1
    }
  }
  return [...parts, source.slice(start)]
}

/** Whether it lets in the origin of somebody who only has some domain. */
export function matchesAnyOrigin (regexp: RegExp): boolean {
  return [...randomOrigins(), ...neighbours(regexp.source)].some(origin => matches(regexp, origin))
}

export function matchesNull (regexp: RegExp): boolean {
  return matches(regexp, 'null')
}

/** On a copy: a `g` or `y` flag would make the answer depend on the one before. */
function matches ({ source, flags }: RegExp, text: string): boolean {
  return new RegExp(source, flags).test(text)
}

function randomOrigins (): string[] {
  const labels = ['', '7', '-'].map(infix => word() + infix + word())
  const hosts = labels.flatMap(label => TOPS.flatMap(top => [`${label}.${top}`, `${word()}.${label}.${top}`]))
  return [...hosts, '192.0.2.7', '[2001:db8::7]'].flatMap(host => originsOf(host, ['', ':8443']))
}

// Of two letters, three and more.
const TOPS = ['com', 'test', 'org', 'io']

function originsOf (host: string, ports: readonly string[]): string[] {
  return ['http', 'https'].flatMap(scheme => ports.map(port => `${scheme}://${host}${port}`))
}

/** Origins of strangers that look like the names and ports that a source spells out: under a suffix that is open to all, or around the name. */
function neighbours (source: string): string[] {
  const text = source.replaceAll('\\.', '.')
  const ports = ['', ...text.match(/:\d+/g) ?? []]
  const names = text.match(/[a-z0-9-]+(?:\.[a-z0-9-]+)*/g) ?? []
  const hosts = names.flatMap(name => [
    ...suffixesOf(name).filter(isPublicSuffix).map(suffix => `${word()}.${suffix}`),
    ...beyond(name),
    ...name.startsWith('-') ? [] : [word() + name], // `evilexample.com`; where a hyphen stands before the name, that is meant
    ...beyond(`${word()}.${name}`),
    ...name.split('.').length > 2 ? [name.replace('.', 'x')] : [] // a dot that is not escaped
  ])
  const any = TOPS.map(top => `${word()}.${top}`)
  return [...new Set([...hosts, ...any])].flatMap(host => originsOf(host, ports))
}

function beyond (name: string): string[] {
  return [`${name}.${word()}`, ...TOPS.map(top => `${name}.${word()}.${top}`)]
}

function suffixesOf (name: string): string[] {
  const labels = name.split('.')
  return labels.map((_label, i) => labels.slice(i).join('.'))
}

function word (): string {
  return Array.from({ length: 6 }, () => String.fromCharCode(97 + Math.floor(Math.random() * 26))).join('')
}
