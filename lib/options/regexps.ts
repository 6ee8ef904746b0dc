import { type Admitted, type Opening, admittedBy } from '../origins/admitted'
import { type OriginLanguage, readRegExp } from '../origins/language'
import { type RegExpWeakness, weaknessesOf } from '../origins/regexp'
import type { OriginMatcher } from '../origins/set'
import { FILE } from '../protocol/origin'
import { type Code, type Concern, type Problem, concern, problem } from './problems'
import type * as RegExpFixes from './regexp-fixes'

/** Only a wrong RegExp needs a correction. */
function fixes (): typeof RegExpFixes {
  return require('./regexp-fixes')
}

export interface Judged {
  readonly matcher: OriginMatcher
  readonly concerns: readonly Concern[]
  /** That no other option lifts. */
  readonly problems: readonly Problem[]
  readonly matchesNull: boolean
}

/** What a RegExp matches and what is wrong with it. One that cannot be read is run only if `runUnread` is set. */
export function judge (regexp: RegExp, pointer: string, runUnread: boolean): Judged {
  const read = readRegExp(regexp)
  const source = String(regexp)
  const weaknesses = weaknessesOf(regexp).map(weakness => weaknessConcern(regexp, weakness, pointer))
  if (read.kind === 'unreadable') {
    const { reason } = read
    const matcher = nativeMatcher(regexp)
    const matchesNull = runUnread && matcher.has('null')
    const concerns = [
      concern('REGEXP_UNREADABLE', pointer, () => ({ source, reason })),
      ...matchesNull ? [nullConcern(source, 'null', pointer)] : [],
      concern('REGEXP_ANY_WITH_CREDENTIALS', pointer, () => runUnread ? { source, witness: undefined, fix: undefined } : undefined)
    ]
    return { matcher, concerns: [...weaknesses, ...concerns], problems: [], matchesNull }
  }
  const { language } = read
  const { matchesNull, matchesFile } = language
  const never = !matchesNull && !matchesFile && language.isEmpty
  return {
    matcher: { text: source, has: origin => origin === FILE ? matchesFile : language.has(origin) },
    concerns: [
      ...weaknesses,
      ...matchesNull ? [nullConcern(source, 'null', pointer)] : matchesFile ? [nullConcern(source, FILE, pointer)] : [],
      ...openConcerns(regexp, language, pointer)
    ],
    problems: never ? [problem('REGEXP_NEVER', pointer, { source, fix: fixes().asSent(regexp) })] : [],
    matchesNull
  }
}

/** Of a copy, whose `lastIndex` nobody else moves. */
function nativeMatcher ({ source, flags }: RegExp): OriginMatcher {
  const regexp = new RegExp(source, flags)
  return {
    text: String(regexp),
    has (origin) {
      regexp.lastIndex = 0
      return regexp.test(origin)
    }
  }
}

function nullConcern (source: string, origin: string, pointer: string): Concern {
  return concern('REGEXP_NULL', pointer, () => ({ source, origin }))
}

function weaknessConcern (regexp: RegExp, weakness: RegExpWeakness, pointer: string): Concern {
  const source = String(regexp)
  const flags = regexp.flags.replace(/[^gym]/g, '')
  return concern(`REGEXP_${weakness}`, pointer, () => ({ source, flags, fix: fixes().closed(regexp) }))
}

const openCodes = {
  domain: 'REGEXP_ANY_WITH_CREDENTIALS',
  address: 'REGEXP_ANY_WITH_CREDENTIALS',
  'private-address': 'REGEXP_ANY_WITH_CREDENTIALS',
  'private-suffix': 'REGEXP_PUBLIC_SUFFIX_WITH_CREDENTIALS',
  unlisted: 'REGEXP_PUBLIC_SUFFIX_WITH_CREDENTIALS'
} as const satisfies Readonly<Record<Opening['kind'], Code>>

type OpenCode = (typeof openCodes)[Opening['kind']]

/** Who gets in is looked for only where it matters, and at most once: every overlay that adds credentials asks. */
function openConcerns (regexp: RegExp, language: OriginLanguage, pointer: string): Concern[] {
  const source = String(regexp)
  let known: Admitted | undefined
  const admitted = () => (known ??= admittedBy(language))
  const opening = (code: OpenCode) => concern(code, pointer, () => {
    const found = admitted().openings.find(({ kind }) => openCodes[kind] === code)
    return found === undefined ? undefined : { source, witness: found.witness, fix: fixes().withoutStrangers(regexp, language) }
  })
  return [
    opening('REGEXP_ANY_WITH_CREDENTIALS'),
    opening('REGEXP_PUBLIC_SUFFIX_WITH_CREDENTIALS'),
    concern('REGEXP_INSECURE_WITH_CREDENTIALS', pointer, () => {
      const witness = admitted().insecure
      return witness === undefined ? undefined : { source, witness, fix: fixes().encrypted(regexp, language) }
    })
  ]
}
