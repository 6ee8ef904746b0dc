import type { AllowOrigin, Policy } from '../policy/policy'

/** A policy as plain data, with the names of the options. */
export interface PolicySummary {
  /** `'*'` means any origin, and `'function'` that a function decides. Otherwise the entries; the list is empty if CORS is off. */
  readonly origin: '*' | 'function' | readonly string[]
  /**
   * For each RegExp in `origin`, 20 of them at most: in words, who gets in by it, such as "any subdomain of example.com".
   * The key is the RegExp as `origin` has it. There is no such property if `origin` has no RegExp.
   */
  readonly whoGetsIn?: Readonly<Record<string, string>>
  /** `'routed'` means the methods that have a route at the URL; `'*'` means any method. */
  readonly methods: '*' | 'routed' | readonly string[]
  readonly allowedHeaders: '*' | readonly string[]
  readonly exposedHeaders: '*' | readonly string[]
  readonly credentials: boolean
  /** In seconds; `null` if it is not sent. */
  readonly maxAge: number | null
  readonly enforce: false | 'unsafe' | 'all'
}

// Each takes up to 50 ms, and `print` shows no more.
const MAX_WORDS = 20

const summaries = new WeakMap<Policy, PolicySummary>()

/** Summarizes a policy. Each summary is made only once, because the list of origins may be long. */
export function summarize (policy: Policy): PolicySummary {
  const summary = summaries.get(policy) ?? make(policy)
  summaries.set(policy, summary)
  return summary
}

function make ({ allow, settings }: Policy): PolicySummary {
  const { methods, allowedHeaders, exposedHeaders, credentials, maxAge, enforce } = settings
  return Object.freeze({
    origin: summarizedOrigins(allow),
    ...wordsFor(allow),
    methods: methods === 'any' ? '*' : methods === 'route' ? 'routed' : copied(methods),
    allowedHeaders: allowedHeaders === 'any' ? '*' : copied(allowedHeaders),
    exposedHeaders: exposedHeaders === 'any' ? '*' : copied(exposedHeaders),
    credentials,
    maxAge: maxAge ?? null,
    enforce
  })
}

/** A frozen copy, so that code with the summary cannot change the policy. */
function copied (list: readonly string[]): readonly string[] {
  return Object.freeze([...list])
}

function wordsFor (allow: AllowOrigin): Pick<PolicySummary, 'whoGetsIn'> {
  if (allow.kind !== 'set') return {}
  const whoGetsIn = allow.set.whoGetsIn(MAX_WORDS)
  return Object.keys(whoGetsIn).length === 0 ? {} : { whoGetsIn: Object.freeze(whoGetsIn) }
}

function summarizedOrigins (allow: AllowOrigin): PolicySummary['origin'] {
  switch (allow.kind) {
    case 'none': return copied([])
    case 'any':
    case 'reflect': return '*'
    case 'one': return copied([allow.origin])
    case 'set': return copied(allow.set.list())
    case 'ask': return 'function'
  }
}
