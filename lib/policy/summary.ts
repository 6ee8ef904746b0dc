import type { AllowOrigin, Policy } from './policy'

/** A policy in the words of the options, as plain data. */
export interface PolicySummary {
  /** `'*'`: any; `'function'`: one of the options' own decides; otherwise the entries, none where CORS is off. */
  readonly origin: '*' | 'function' | readonly string[]
  /** `'routed'`: what the URL serves. */
  readonly methods: '*' | 'routed' | readonly string[]
  readonly allowedHeaders: '*' | readonly string[]
  readonly exposedHeaders: '*' | readonly string[]
  readonly credentials: boolean
  /** Seconds; `null` where it is not sent. */
  readonly maxAge: number | null
  readonly enforce: false | 'unsafe' | 'all'
}

const summaries = new WeakMap<Policy, PolicySummary>()

/** Made once for each policy, whose list of origins may be long. */
export function summarize (policy: Policy): PolicySummary {
  const summary = summaries.get(policy) ?? make(policy)
  summaries.set(policy, summary)
  return summary
}

function make ({ allow, settings }: Policy): PolicySummary {
  const { methods, allowedHeaders, exposedHeaders, credentials, maxAge, enforce } = settings
  return Object.freeze({
    origin: summarizedOrigins(allow),
    methods: methods === 'any' ? '*' : methods === 'route' ? 'routed' : copied(methods),
    allowedHeaders: allowedHeaders === 'any' ? '*' : copied(allowedHeaders),
    exposedHeaders: exposedHeaders === 'any' ? '*' : copied(exposedHeaders),
    credentials,
    maxAge: maxAge ?? null,
    enforce
  })
}

/** Whoever gets the summary cannot write to the policy. */
function copied (list: readonly string[]): readonly string[] {
  return Object.freeze([...list])
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
