'use strict'

// A page's session: 30 requests to 5 URLs, as a client of an API sends them, none of them safelisted.

const urls = ['/users', '/users/42', '/orders', '/orders/7', '/search']

const json = { 'content-type': 'application/json' }
const token = { authorization: 'Bearer abc' }

const kinds = [
  { method: 'GET', headers: token },
  { method: 'POST', headers: json, body: '{}' },
  { method: 'GET', headers: { ...token, 'x-request-id': '1' } },
  { method: 'PUT', headers: { ...token, ...json }, body: '{}' },
  { method: 'DELETE', headers: token },
  { method: 'PATCH', headers: { ...token, ...json, 'x-request-id': '2' }, body: '{}' }
]

/** What fetch is called with, in order: each kind of request to each URL. */
const session = kinds.flatMap(kind => urls.map(url => ({ url, init: kind })))

module.exports = { session, urls }
