'use strict'

const { IncomingMessage, ServerResponse } = require('node:http')
const { Socket } = require('node:net')

/** The contenders wait for nothing that takes longer than this many turns of the event loop. */
const MOST_TURNS = 1000

const socket = new Socket()
socket._peername = { address: '127.0.0.1', family: 'IPv4', port: 50000 }

/**
 * Makes exchanges without sockets: the request and response of Node's own server, with nothing under them. Each has new
 * strings, as a parser makes them: a string that was used before keeps its hash, and is compared by its address.
 *
 * @param {import('./cases').Request[]} requests made in turn
 * @returns {() => { request: IncomingMessage, response: ServerResponse }}
 */
function exchangeMaker (requests) {
  const all = requests.map(({ method, url, headers }) => ({ method, texts: [url, ...Object.entries(headers).flat()].map(text => Buffer.from(text, 'latin1')) }))
  let next = 0
  return () => {
    const { method, texts } = all[next]
    next = (next + 1) % all.length
    const [url, ...lines] = texts.map(text => text.latin1Slice())
    const request = new IncomingMessage(socket)
    Object.assign(request, { method, url, httpVersionMajor: 1, httpVersionMinor: 1, httpVersion: '1.1' })
    request._addHeaderLines(lines, lines.length) // as Node's parser does
    if (request.headers.host === undefined) throw new Error('HTTP/1.1 needs Host') // Node's server parses the headers for this check.
    const response = new ServerResponse(request)
    response.shouldKeepAlive = true
    return { request, response }
  }
}

/** Settles when every one of these exchanges is answered. */
async function answered (exchanges) {
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    if (exchanges.every(({ response }) => response.writableEnded)) return
    await new Promise(resolve => setImmediate(resolve))
  }
  throw new Error(`${exchanges[0].request.method} ${exchanges[0].request.url} is not answered`)
}

/** What a client would read: status, headers by lower-case name, and body. */
function answerOf ({ response }) {
  const lines = response._header.trimEnd().split('\r\n').slice(1)
  const headers = {}
  for (const line of lines) {
    const [name, value] = [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value
  }
  const sent = response.outputData.map(({ data }) => String(data)).join('')
  return { status: response.statusCode, headers, body: sent.slice(sent.indexOf('\r\n\r\n') + 4) }
}

module.exports = { exchangeMaker, answered, answerOf }
