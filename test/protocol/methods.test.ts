import t from 'tap'
import { isForbiddenMethod, isKnownMethod, isSafelistedMethod, isToken } from '../../lib/protocol/methods'

t.test('a token is one or more of the characters that RFC 9110 lists', async t => {
  for (const text of ['GET', 'x', "!#$%&'*+-.^_`|~09azAZ"]) t.equal(isToken(text), true, text)
  for (const text of ['', ' GET', 'A B', 'A,B', 'A:', 'Ä', 'ſ', '"', '(', '/', '\0', '\x7f']) t.equal(isToken(text), false, JSON.stringify(text))
})

t.test('methods are forbidden, safelisted or known as the standard and Node.js have them', async t => {
  for (const method of ['CONNECT', 'trace', 'Track']) t.equal(isForbiddenMethod(method), true, method)
  t.equal(isForbiddenMethod('TRACKS'), false)
  for (const method of ['GET', 'HEAD', 'POST']) t.equal(isSafelistedMethod(method), true, method)
  for (const method of ['get', 'PUT', 'OPTIONS']) t.equal(isSafelistedMethod(method), false, method)
  t.equal(isKnownMethod('PATCH'), true)
  t.equal(isKnownMethod('patch'), false)
  t.equal(isKnownMethod('OWN'), false)
})
