import { type Admitted, type Opening, admittedBy } from '../origins/admitted'
import { type OriginLanguage, type UnreadableReason, readRegExp } from '../origins/language'
import { weaknessesOf } from '../origins/regexp'
import type { OriginMatcher } from '../origins/set'
import type * as Words from '../origins/words'
import { FILE } from '../protocol/origin'
import { type Code, type Concern, type Problem, concern, problem } from './problems'
import type * as RegExpFixes from './regexp-fixes'
import type { Exposure } from './settings'

/** Only a wrong RegExp needs a correction. */
function fixes (): typeof RegExpFixes {
  return require('./regexp-fixes')
}

/** Only `print` and `explain` ask. */
function words (): typeof Words {
  return require('../origins/words')
}

export interface Judged {
  readonly matcher: OriginMatcher
  readonly concerns: readonly Concern[]
  /** What is wrong with it whatever the other options are. */
  readonly problems: readonly Problem[]
  readonly matchesNull: boolean
}

/** What a RegExp matches and what is wrong with it. One that cannot be read is run only with `dangerously.unsafeRegex`. */
export function judge (regexp: RegExp, pointer: string, exposure: Exposure): Judged {
  const read = readRegExp(regexp)
  return read.kind === 'unreadable'
    ? judgeUnread(regexp, read.reason, pointer, exposure.dangerously.unsafeRegex)
    : judgeRead(regexp, read.language, pointer, exposure)
}

function judgeUnread (regexp: RegExp, reason: UnreadableReason, pointer: string, runUnread: boolean): Judged {
  const source = String(regexp)
  const matcher = nativeMatcher(regexp)
  const matchesNull = runUnread && matcher.has('null')
  return {
    matcher,
    concerns: [
      ...weaknesses(regexp, pointer),
      concern('REGEXP_UNREADABLE', pointer, () => ({ source, reason })),
      ...matchesNull ? [nullConcern(source, 'null', pointer)] : [],
      ...runUnread ? [concern('REGEXP_ANY_WITH_CREDENTIALS', pointer, () => ({ source, witness: undefined, fix: undefined }))] : []
    ],
    problems: [],
    matchesNull
  }
}

function judgeRead (regexp: RegExp, language: OriginLanguage, pointer: string, exposure: Exposure): Judged {
  const source = String(regexp)
  const { matchesNull, matchesFile } = language
  const matcher: OriginMatcher = { text: source, has: origin => origin === FILE ? matchesFile : language.has(origin), whoGetsIn: () => words().whoGetsIn(language) }
  if (!matchesNull && !matchesFile && language.isEmpty) {
    return { matcher, concerns: [], problems: [problem('REGEXP_NEVER', pointer, { source, fix: fixes().asSent(regexp, exposure) })], matchesNull }
  }
  const concerns = [
    ...weaknesses(regexp, pointer),
    ...matchesNull ? [nullConcern(source, 'null', pointer)] : [],
    ...matchesFile ? [nullConcern(source, FILE, pointer)] : [],
    ...openConcerns(regexp, language, pointer)
  ]
  return { matcher, concerns, problems: [], matchesNull }
}

/** Runs a copy of the RegExp, so that no other code moves its `lastIndex`. */
function nativeMatcher ({ source, flags }: RegExp): OriginMatcher {
  const regexp = new RegExp(source, flags)
  return {
    text: String(regexp),
    has (origin) {
      regexp.lastIndex = 0
      return regexp.test(origin)
    },
    whoGetsIn: () => 'not known: it is run as it is'
  }
}

function nullConcern (source: string, origin: string, pointer: string): Concern {
  return concern('REGEXP_NULL', pointer, () => ({ source, origin }))
}

function weaknesses (regexp: RegExp, pointer: string): Concern[] {
  const source = String(regexp)
  const flags = regexp.flags.replace(/[^gym]/g, '')
  return weaknessesOf(regexp).map(weakness =>
    concern(`REGEXP_${weakness}`, pointer, settings => ({ source, flags, fix: fixes().closed(regexp, settings) })))
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
  const opening = (code: OpenCode) => concern(code, pointer, settings => {
    const found = admitted().openings.find(({ kind }) => openCodes[kind] === code)
    return found === undefined ? undefined : { source, witness: found.witness, fix: fixes().closed(regexp, settings) }
  })
  return [
    opening('REGEXP_ANY_WITH_CREDENTIALS'),
    opening('REGEXP_PUBLIC_SUFFIX_WITH_CREDENTIALS'),
    concern('REGEXP_INSECURE_WITH_CREDENTIALS', pointer, settings => {
      const witness = admitted().insecure
      return witness === undefined ? undefined : { source, witness, fix: fixes().closed(regexp, settings) }
    })
  ]
}
