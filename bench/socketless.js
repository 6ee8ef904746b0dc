'use strict'

const { IncomingMessage, ServerResponse } = require('node:http')
const { Socket } = require('node:net')

/** No server of the benchmark waits for anything but promises; this many turns are far more than any needs. */
const MOST_TURNS = 1000

/**
 * Drives a server without sockets: Node's own request and response with nothing under them, so that what is timed
 * is the application. `run()` makes one request; it gives the response, or a promise of it where the server answers later.
 */
function socketless (listener, { method, url, headers }) {
  const socket = new Socket()
  const lines = Object.entries(headers).flat()

  function run () {
    const request = new IncomingMessage(socket)
    request.method = method
    request.url = url
    request.httpVersionMajor = 1
    request.httpVersionMinor = 1
    request.httpVersion = '1.1'
    request._addHeaderLines(lines, lines.length) // as Node's parser does
    if (request.headers.host === undefined) throw new Error('HTTP/1.1 needs Host') // as Node's server does: it parses the headers
    const response = new ServerResponse(request)
    listener(request, response)
    return response.writableEnded ? response : answered(response)
  }

  return { run, answer: async () => answerOf(await run()) }
}

async function answered (response) {
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    await undefined
    if (response.writableEnded) return response
  }
  throw new Error(`${response.req.method} ${response.req.url} is not answered`)
}

/** What is sent, not what was set: the status, and every header that has to do with CORS. */
function answerOf (response) {
  const [head] = String(response._header).split('\r\n\r\n')
  const headers = {}
  for (const line of head.split('\r\n').slice(1)) {
    const [name, value] = [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]
    if (name === 'vary' || name.startsWith('access-control-')) headers[name] = name in headers ? `${headers[name]}, ${value}` : value
  }
  return { status: response.statusCode, headers }
}

module.exports = { socketless }
