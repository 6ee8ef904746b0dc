import { parseEntry } from './pattern'

const scheme = /^(https\??|http|\(\?:https\?\)):(?:\\?\/){2}/
const anyPort = /(?:\((?:\?:)?:(?:\\d|\[0-9\])(?:[+*]|\{\d+(?:,\d*)?\})\)[?*]?|:(?:\\d|\[0-9\])(?:[+*]|\{\d+(?:,\d*)?\}))$/
/** Any run of labels that ends in a dot, without a literal letter in it. */
const anyLabels = /^(?:\[[^\]]*\]|\\[wd.-]|[.+*?()]|\?:|\{\d+(?:,\d*)?\})*\\\.(?:\)[+*?]?)?$/
const literalHost = /(?:[a-z0-9-]+\\\.)*[a-z0-9-]+$/

/** The origin patterns that say what a RegExp with a source of a common shape says; none for any other. */
export function patternsFor (source: string): string[] {
  const inner = source.replace(/^\^|\$$/g, '')
  const head = scheme.exec(inner)
  if (head === null) return []
  const authority = inner.slice(head[0].length)
  const name = authority.replace(anyPort, '')
  const host = literalHost.exec(name)
  if (host === null) return []
  const port = name === authority ? '' : ':*'
  const patterns = wildcards(name.slice(0, host.index)).flatMap(wildcard =>
    schemes(head[0]).map(scheme => `${scheme}://${wildcard}${host[0].replaceAll('\\', '')}${port}`))
  return patterns.every(pattern => parseEntry(pattern).kind !== 'fault') ? patterns : []
}

function schemes (head: string): string[] {
  if (head.includes('https?')) return ['https', 'http']
  return [head.startsWith('https') ? 'https' : 'http']
}

/** The wildcards, if any, that stand for what precedes the literal end of the host. */
function wildcards (labels: string): string[] {
  if (labels === '') return ['']
  if (!anyLabels.test(labels)) return []
  // An optional run lets in the host itself as well.
  return /\)[?*]$/.test(labels) ? ['', '*.'] : ['*.']
}
