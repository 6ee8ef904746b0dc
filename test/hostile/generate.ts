import type { Random } from './random'

type Pool = readonly [string, ...string[]]

const KNOWN_ORIGINS: Pool = [
  'https://list.test', 'https://a.list.test', 'http://localhost:5173', 'https://a.b.ports.test:8443', 'https://re42.own.test', 'https://one.test', 'https://ask.test',
  'https://slow.test', 'https://red.test', 'https://x.red.test', 'https://blue.test', 'https://all.test', 'https://unsafe.test', 'https://continue.test', 'https://leave.test',
  'https://p.test', 'https://a.p.test', 'https://root.test', 'https://a.root.test', 'https://own.test', 'https://foreign.test'
]

const ODD_ORIGINS: Pool = [
  'null', '', '*', 'https://evil.test', 'http://api.test', 'http://API.test:80', 'file://', 'about:blank', 'https://', '://', 'https://.list.test', 'https://a..list.test',
  'https://xn--mnchen-3ya.test', 'https://xn--mnchen-3ya.list.test', 'https://münchen.list.test', 'https://m\xc3\xbcnchen.list.test', '\xff\xfe', 'https://[::1]', 'https://[::1].list.test',
  'https://list.test.evil.test', 'https://evillist.test', 'https://list.test%00.evil.test', 'https://list.test%0d%0aX-Injected: 1', 'https://*.list.test', 'https://re42.own.test.evil.test',
  'https://evil.test/https://list.test', 'https://list.test\thttps://evil.test', '__proto__', 'constructor', 'https://__proto__.list.test', 'chrome-extension://abcdef', 'https://1.2.3.4:65536'
]

const NAMES: Pool = ['list', 'star', 'one', 'any', 'ask', 'slow', 'tenant', 'nobody', 'all', 'unsafe', 'continue', 'leave', 'p', 'p/public', 'none']
const LEAVES: Pool = ['/x', '/x/7', '/own', '/off', '/wild/a/b', '/stream', '/bare', '/copied', '/foreign', '/fail', '/nothing', '', '/']
const ODD_LEAVES: Pool = [
  '/%zz', '/%', '/%c0%af', '/%ff', '/a%00b', '/%2e%2e/star/x', '/../star/x', '/./x', '//x', '%2Fx', '/x%2F7', '/x;a=b', '/x?a=%zz', '/x#y', '/%78', '/X', '/x/%2E', '/__proto__',
  '/x?https://list.test', '/public/%2e%2e/x', '/public%2Fx', '/x/%E0%A4%A', '/x/%25%32%46'
]
const METHODS: Pool = ['GET', 'GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'OPTIONS', 'OPTIONS', 'PATCH', 'PROPFIND', 'TRACE']
const ODD_METHODS: Pool = ['get', 'Put', 'FOO', 'CONNECT', 'M-SEARCH', 'PRI', '\x00', 'GET\x01', 'GÉT', 'X'.repeat(300)]
const ASKED_METHODS: Pool = ['GET', 'PUT', 'DELETE', 'POST', 'PATCH', 'put', 'FOO', '__proto__', '*', 'TRACE', '', 'P UT', 'PUT, GET', 'PUT\xdc', 'X'.repeat(64), 'X'.repeat(65)]
const ASKED_HEADERS: Pool = ['x-a', 'authorization, x-a', '', ',', ' ,, ,', 'X-One', 'x-\xe9', 'x-m\xc3\xbcnchen', '*', 'x-a\tx-b', 'content-type', '"', '__proto__', 'x-a,'.repeat(500)]
const SITES: Pool = ['same-origin', 'none', 'cross-site', 'same-site', 'Same-Origin', '', 'same-origin, cross-site', '\xff', 'x'.repeat(2000)]
const BREAKS: Pool = ['\r\nX-Injected: 1', '\nX-Injected: 1', '\rX-Injected: 1', '\r\n folded', '\r\n\tfolded', '\x00', '\x01', '\x7f', '\x1b[2J', '\r\n\r\nGET /star/x HTTP/1.1\r\nHost: a\r\n']

/** With `Connection: close` too, in HTTP/1.0, Node.js keeps the connection open: a client that waits for its end waits in vain. */
const KEEP_ALIVE = 'Connection: keep-alive, x'

function odd (random: Random): string[] {
  return [random.pick(['Expect: 100-continue', 'Expect: nonsense', 'Upgrade: websocket', 'Host: other.test', KEEP_ALIVE, ' Folded: 1', 'No-Colon', ': empty', 'Bad Name: 1'])]
}

/** One request as bytes (latin1), which any of its parts may spoil. */
export function request (random: Random, mark: number, isLast: boolean): string {
  const method = random.chance(0.02) ? random.pick(ODD_METHODS) : random.pick(METHODS)
  const version = random.chance(0.04) ? random.pick(['HTTP/1.0', 'HTTP/2.0', 'HTTP/1.2', 'http/1.1', '']) : 'HTTP/1.1'
  const lines = [`X-Mark: ${mark}`, ...fields(random, method), ...isLast ? ['Connection: close'] : []]
  if (!random.chance(0.02)) lines.unshift(random.chance(0.03) ? 'Host: localhost:5173' : 'Host: api.test')
  if (random.chance(0.03)) lines.push(...odd(random).filter(line => !isLast || line !== KEEP_ALIVE))
  const [framing, body] = payload(random, method)
  return `${method} ${target(random)} ${version}\r\n${[...lines, ...framing].join('\r\n')}\r\n\r\n${body}`
}

function fields (random: Random, method: string): string[] {
  const lines: string[] = []
  if (random.chance(0.9)) lines.push(`${random.pick(['Origin', 'Origin', 'origin', 'ORIGIN'])}: ${origin(random)}`)
  if (random.chance(0.05)) lines.push(`Origin: ${origin(random)}`)
  if (method === 'OPTIONS' && random.chance(0.9)) {
    lines.push(`Access-Control-Request-Method: ${random.chance(0.5) ? 'PUT' : random.pick(ASKED_METHODS)}`)
    if (random.chance(0.05)) lines.push(`access-control-request-method: ${random.pick(ASKED_METHODS)}`)
    if (random.chance(0.5)) lines.push(`Access-Control-Request-Headers: ${random.pick(ASKED_HEADERS)}`)
    if (random.chance(0.1)) lines.push(`Access-Control-Request-Headers: ${random.pick(ASKED_HEADERS)}`)
    if (random.chance(0.02)) lines.push(`Access-Control-Request-Headers: ${'x-b,'.repeat(4000)}`)
  }
  if (random.chance(0.5)) lines.push(`X-Tenant: ${random.pick(['red', 'blue', 'off', 'other'])}`)
  if (random.chance(0.15)) lines.push(`Sec-Fetch-Site: ${random.pick(SITES)}`)
  if (random.chance(0.05)) lines.push(`Sec-Fetch-Mode: ${random.pick(SITES)}`, `Sec-Fetch-Dest: ${random.pick(SITES)}`)
  return lines
}

function origin (random: Random): string {
  const known = random.pick(KNOWN_ORIGINS)
  if (random.chance(0.55)) return known
  if (random.chance(0.5)) return random.pick(ODD_ORIGINS)
  switch (random.int(10)) {
    case 0: return known.toUpperCase()
    case 1: return known + '/'
    case 2: return known.replace('://', '://user:pass@')
    case 3: return `${known}, ${random.pick(KNOWN_ORIGINS)}`
    case 4: return `${known} ${random.pick(KNOWN_ORIGINS)}`
    case 5: return known + random.pick(BREAKS)
    case 6: return known + ':' + random.pick(['443', '80', '0', '8443', '65536', '08443', ''])
    case 7: return known.replace('://', '://' + 'a.'.repeat(random.pick([10, 120, 4000])))
    case 8: return ` \t${known}\t `
    default: return known + String.fromCharCode(random.int(256))
  }
}

function target (random: Random): string {
  const path = `/${random.pick(NAMES)}${random.chance(0.75) ? random.pick(LEAVES) : random.pick(ODD_LEAVES)}`
  if (random.chance(0.92)) return path
  return random.pick([
    `http://api.test${path}`, `HTTP://other.test${path}`, 'http://', 'http://[', `http://evil.test#${path}`, `ftp://api.test${path}`, '*', '', '/', '//', `/${path}`, path.toUpperCase(),
    path + '/' + 'a'.repeat(random.pick([101, 5000])), `/${'../'.repeat(50)}${path}`, `${path}\xe9`, `${path}\x00`, `${path} x`, path.slice(1), '\\', '?', '#'
  ])
}

function payload (random: Random, method: string): [framing: string[], body: string] {
  if (!['PUT', 'POST', 'DELETE'].includes(method) && !random.chance(0.03)) return [[], '']
  const type = `Content-Type: ${random.pick(['text/plain', 'text/plain', 'application/json', 'x/y', '', '\xff'])}`
  switch (random.int(8)) {
    case 0: return [[type, 'Content-Length: 2'], '{}']
    case 1: return [[type, 'Transfer-Encoding: chunked'], '2\r\n{}\r\n0\r\n\r\n']
    case 2: return random.chance(0.3) ? [[type, 'Transfer-Encoding: chunked'], random.pick(['5\r\nab', '5\r\nabcdefgh\r\n', 'zz\r\n', '-1\r\n\r\n'])] : [[type], '']
    case 3: return random.chance(0.3) ? [[type, random.pick(['Content-Length: -1', 'Content-Length: 5\r\nContent-Length: 6', 'Content-Length: 2\r\nTransfer-Encoding: chunked', 'Transfer-Encoding: gzip'])], 'ab'] : [[], '']
    default: return [[], '']
  }
}

/** Some requests on one connection. Marks count up from `mark`. */
export function batch (random: Random, mark: number): string[] {
  const length = 1 + random.int(8)
  return Array.from({ length }, (_, i) => request(random, mark + i, i === length - 1))
}
