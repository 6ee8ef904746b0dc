import { mergeVary } from '../protocol/vary'
import { CORS_HEADERS, type Head, TIMING_ALLOW_ORIGIN } from './outcome'

/** Moves `Vary` and CORS headers from the `headers` argument of `writeHead` to `head`, and returns the other headers. */
export function takeOver (headers: object, head: Head): unknown {
  const others: [string, unknown][] = []
  for (const [name, value] of pairsOf(headers)) {
    const lower = name.toLowerCase()
    if (lower === 'vary') head.vary = mergeVary(head.vary, String(value))
    else if ((CORS_HEADERS.includes(lower) || lower === TIMING_ALLOW_ORIGIN) && value !== undefined) head[lower] = value
    else others.push([name, value])
  }
  return Array.isArray(headers) ? gathered(others) : Object.fromEntries(others)
}

/** Puts the values of each name together: if the response has headers already, Node.js 20 keeps only the last value of a name in a list. */
function gathered (pairs: ReadonlyArray<readonly [string, unknown]>): unknown {
  const values = new Map<string, [name: string, values: unknown[]]>()
  for (const [name, value] of pairs) {
    const known = values.get(name.toLowerCase())
    if (known === undefined) values.set(name.toLowerCase(), [name, [value].flat()])
    else known[1].push(...[value].flat())
  }
  return Object.fromEntries([...values.values()].map(([name, values]) => [name, values.length === 1 ? values[0] : values]))
}

/** The headers as pairs: `writeHead` takes an object, a flat list of names and values, or a list of pairs. */
function pairsOf (headers: object): [string, unknown][] {
  if (!Array.isArray(headers)) return Object.entries(headers)
  if (Array.isArray(headers[0])) return headers.map(([name, value]: [string, unknown]) => [name, value])
  return headers.flatMap((name: string, i): [string, unknown][] => i % 2 === 0 ? [[name, headers[i + 1]]] : [])
}
