/** Bytes of each kind that a server may be sent, and failures that were found: the statuses of the answers, if they are sure. */
export type Bytes = readonly [name: string, text: string, statuses?: readonly number[]]

const CLOSE = 'Connection: close'

function message (first: string, ...lines: string[]): string {
  return [first, 'Host: api.test', ...lines, '', ''].join('\r\n')
}

function flight (...lines: string[]): string {
  return message('OPTIONS /list/x HTTP/1.1', ...lines, CLOSE)
}

const LIST = 'Origin: https://list.test'
const PUT = 'Access-Control-Request-Method: PUT'
const GET = message('GET /list/x HTTP/1.1', LIST)

/** At any server that has the list at `/list`. */
export const ROWS: readonly Bytes[] = [
  ['pipelining, allowed and refused', GET + message('OPTIONS /list/x HTTP/1.1', LIST, PUT) + message('GET /list/x HTTP/1.1', 'Origin: https://evil.test') + flight('Origin: https://evil.test', PUT), [200, 204, 200, 403]],
  ['pipelining behind a slow function', message('GET /slow/x HTTP/1.1', 'Origin: https://slow.test') + GET + message('GET /slow/x HTTP/1.1', 'Origin: https://evil.test', CLOSE), [200, 200, 200]],
  ['pipelining, then rubbish', GET + '\0\0\0\0\r\n\r\n'],
  ['absolute-form', message('GET http://other/ HTTP/1.1', 'Origin: https://root.test', CLOSE), [200]],
  ['absolute-form of another policy', message('OPTIONS http://other.test/list/x?/star/x HTTP/1.1', LIST, PUT, CLOSE), [204]],
  ['absolute-form below `paths`', message('GET http://other.test/p/x HTTP/1.1', 'Origin: https://p.test') + message('OPTIONS http://other.test/p/x HTTP/1.1', 'Origin: https://root.test', PUT, CLOSE), [200, 403]],
  ['OPTIONS *', message('OPTIONS * HTTP/1.1', CLOSE)],
  ['a preflight of *', message('OPTIONS * HTTP/1.1', LIST, PUT, CLOSE)],
  ['two origins', flight(LIST, 'Origin: https://evil.test', PUT), [403]],
  ['two origins, the other way round', flight('Origin: https://evil.test', LIST, PUT), [403]],
  ['the same origin twice', flight(LIST, LIST, PUT), [403]],
  ['two requested methods', flight(LIST, PUT, PUT), [404]],
  ['requested headers twice', flight(LIST, PUT, 'Access-Control-Request-Headers: x-a', 'Access-Control-Request-Headers: x-b, x-c'), [204]],
  ['16 KB of requested headers', flight(LIST, PUT, `Access-Control-Request-Headers: ${'x-a,'.repeat(3900)}x-b`), [204]],
  ['more than a head may have', flight(LIST, PUT, `Access-Control-Request-Headers: ${'x-a,'.repeat(17_000)}x-b`), [431]],
  ['an origin of 8 KB', flight(`Origin: https://${'a.'.repeat(4000)}list.test`, PUT), [403]],
  ['control bytes', flight(`${LIST}\x01`, PUT), [400]],
  ['NUL', flight(`${LIST}\0`, PUT), [400]],
  ['DEL in what is repeated', flight(LIST, PUT, 'Access-Control-Request-Headers: x-\x7f')],
  ['a bare CR', flight(`${LIST}\rX-Injected: 1`, PUT)],
  ['a bare LF', flight(`${LIST}\nX-Injected: 1`, PUT)],
  ['a folded line', flight(`${LIST}\r\n https://evil.test`, PUT)],
  ['Latin-1 in an origin', flight('Origin: https://m\xfcnchen.list.test', PUT), [403]],
  ['UTF-8 in an origin', flight('Origin: https://m\xc3\xbcnchen.list.test', PUT), [403]],
  ['Latin-1 in what is repeated', flight(LIST, PUT, 'Access-Control-Request-Headers: x-\xfc\xff\x80'), [204]],
  ['a lower-case method', message('options /list/x HTTP/1.1', LIST, PUT, CLOSE), [400]],
  ['an unknown method', message('FOO /list/x HTTP/1.1', LIST, CLOSE), [400]],
  ...['/%zz', '/%', '/list/%c0%af', '/list/x%', '/%E0%A4%A'].map((target): Bytes => [`a preflight for ${target}`, message(`OPTIONS ${target} HTTP/1.1`, LIST, PUT, CLOSE), [400]]),
  ...['/list%2Fx', '//list/x', '/list//x', '/list/x;a', '/star/../list/x', '/list/./x', '/list/x/..%2f..%2fstar', `/list/${'a/'.repeat(5000)}`].map((target): Bytes => [`a preflight for ${target.slice(0, 30)}`, message(`OPTIONS ${target} HTTP/1.1`, LIST, PUT, CLOSE)]),
  ['a parameter of 5 KB', message(`GET /list/x/${'a'.repeat(5000)} HTTP/1.1`, LIST, CLOSE)],
  ['HTTP/1.0', `GET /list/x HTTP/1.0\r\n${LIST}\r\n\r\n`, [200]],
  ['HTTP/1.0, a preflight', `OPTIONS /list/x HTTP/1.0\r\n${LIST}\r\n${PUT}\r\n\r\n`, [204]],
  ['no Host', `GET /list/x HTTP/1.1\r\n${LIST}\r\n\r\n`, [400]],
  ['Upgrade: websocket', message('GET /unsafe/x HTTP/1.1', 'Origin: https://evil.test', 'Upgrade: websocket', 'Connection: Upgrade'), [403]],
  ['Expect: 100-continue', message('PUT /list/x HTTP/1.1', LIST, 'Expect: 100-continue', 'Content-Type: text/plain', 'Content-Length: 1', CLOSE) + 'a', [200]],
  ['a chunk that is cut', message('PUT /list/x HTTP/1.1', LIST, 'Content-Type: text/plain', 'Transfer-Encoding: chunked', CLOSE) + '5\r\nab'],
  ['a refused request whose body is cut', message('PUT /all/x HTTP/1.1', LIST, 'Content-Type: text/plain', 'Content-Length: 100', CLOSE) + 'ab', [403]],
  ...['', 'null', '*', 'https://list.test, https://list.test', 'https://list.test/', 'HTTPS://LIST.TEST', 'https://user@list.test', 'https://user:list.test@evil.test', 'https://xn--a.evil.test', 'https://list.test%0d%0aX-Injected: 1']
    .map((origin): Bytes => [`Origin: ${origin}`, message('GET /list/x HTTP/1.1', `Origin: ${origin}`) + flight(`Origin: ${origin}`, PUT), [200, 403]]),
  ['Sec-Fetch-Site twice', message('PUT /all/x HTTP/1.1', 'Origin: https://evil.test', 'Sec-Fetch-Site: same-origin', 'Sec-Fetch-Site: none', CLOSE), [403]],
  ['Sec-Fetch-Site in another case', message('PUT /all/x HTTP/1.1', 'Origin: https://evil.test', 'Sec-Fetch-Site: Same-Origin', CLOSE), [403]]
]
