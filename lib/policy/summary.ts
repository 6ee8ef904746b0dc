import type { AllowOrigin, Policy } from './policy'

/** A policy as plain data, with the names of the options. */
export interface PolicySummary {
  /** `'*'` means any origin, and `'function'` that a function decides. Otherwise the entries; the list is empty if CORS is off. */
  readonly origin: '*' | 'function' | readonly string[]
  /** `'routed'` means the methods that have a route at the URL; `'*'` means any method. */
  readonly methods: '*' | 'routed' | readonly string[]
  readonly allowedHeaders: '*' | readonly string[]
  readonly exposedHeaders: '*' | readonly string[]
  readonly credentials: boolean
  /** In seconds; `null` if it is not sent. */
  readonly maxAge: number | null
  readonly enforce: false | 'unsafe' | 'all'
}

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
