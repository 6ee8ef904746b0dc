import { admittedBy } from '../origins/admitted'
import { correctionOf } from '../origins/correction'
import type { PatternFault } from '../origins/pattern'
import { isPublicSuffix } from '../origins/public-suffix'
import { partsOf, withEncryption } from '../protocol/origin'
import { isDecodable } from './lists'
import { needsEncryption, strangersMatter } from './exposure'
import { acceptedForm, extensionAdvice, languageIn } from './regexp-fixes'
import type { Exposure } from './settings'
import { codeOf, quoteAll } from './wording'

// What was probably meant by a value that is refused. Loaded only then.

/** The code of an origin, a list or a RegExp that says what was meant, if that is clear. These options accept it. */
export function originFix (text: string, fault: PatternFault, exposure: Exposure): string | undefined {
  const correction = correctionOf(text, fault)
  switch (correction?.kind) {
    case 'one': return originsFix([correction.origin], exposure)
    case 'many': return originsFix(correction.origins, exposure)
    case 'regexp': return regExpFix(correction.source, exposure)
    case 'extension': return extensionAdvice(correction.scheme)
    case undefined: return undefined
  }
}

function originsFix (origins: readonly string[], exposure: Exposure): string | undefined {
  const encrypted = needsEncryption(exposure) ? [...new Set(origins.map(withEncryption))] : origins
  const mayBeOpen = !strangersMatter(exposure) || exposure.dangerously.publicSuffixOrigins
  return mayBeOpen || !encrypted.some(isOpen) ? codeOf(encrypted) : undefined
}

function isOpen (origin: string): boolean {
  return origin.includes('://*.') && isPublicSuffix(partsOf(origin).host.replace('*.', ''))
}

/** The RegExp of a wildcard within a label, and who else has such a name: `https://app-*.vercel.app` is open to each customer of Vercel. */
function regExpFix (source: string, exposure: Exposure): string | undefined {
  const accepted = acceptedForm(source, '', exposure)
  if (accepted !== undefined) return `the RegExp ${accepted}`
  const language = languageIn(new RegExp(source))
  const opening = language && admittedBy(language).openings[0]
  return opening && `the names that are yours, one by one, or deploy to a domain of your own; the RegExp /${source}/ is for public data without credentials, since it lets in strangers too, such as ${opening.witness}`
}

/** The code of an array with the items of a comma-separated string. */
export function arrayOf (text: string): string {
  return `[${quoteAll(text.split(',').map(item => item.trim()))}]`
}

/** The path of a URL, or the text with a slash before it. */
export function absolutePath (path: string): string {
  return URL.canParse(path) ? new URL(path).pathname : `/${path}`
}

/** The path with its stray percent signs encoded, or with all of them if some do not encode UTF-8. */
export function decodablePath (path: string): string {
  const encoded = path.replace(/%(?![0-9a-f]{2})/gi, '%25')
  return isDecodable(encoded) ? encoded : path.replaceAll('%', '%25')
}

/** The known word that differs least from `text`, if it is close enough to have been meant. */
export function closest (text: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let least = Math.max(2, Math.floor(text.length / 2)) + 1
  for (const word of known) {
    const distance = editDistance(text.toLowerCase(), word.toLowerCase())
    if (distance < least) {
      best = word
      least = distance
    }
  }
  return best
}

/** Levenshtein's distance, row by row. Long texts are cut, since no option is longer. */
function editDistance (a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  let distance = b.length
  for (const [i, char] of [...a.slice(0, 64)].entries()) {
    let diagonal = i
    distance = i + 1
    const next = [distance]
    for (const [j, above] of row.slice(1).entries()) {
      distance = Math.min(distance + 1, above + 1, diagonal + (char === b[j] ? 0 : 1))
      diagonal = above
      next.push(distance)
    }
    row = next
  }
  return distance
}
