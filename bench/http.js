'use strict'

const { execFile } = require('node:child_process')
const { once } = require('node:events')
const http = require('node:http')
const { join } = require('node:path')
const { promisify } = require('node:util')
const { expected, fault } = require('./answers')
const { cases } = require('./cases')
const { BARE, OURS, PEER, contenders } = require('./contenders')
const { ask, canPin, isMissing, messageOf, pinned, start } = require('./processes')
const { median } = require('./statistics')
const { number, print } = require('./table')

const CONNECTIONS = 64
const [SERVER_CORE, WRK_CORE] = [0, 1]

const kinds = ['GET under a list of 3, allowed', 'preflight, explicit lists'].map(name => cases.find(each => each.name === name))

/** Many short turns: on a busy machine their ratios are steadier than those of a few long ones. */
const FULL = { generations: 3, rounds: 5 }
const BRIEF = { generations: 1, rounds: 1 }

/** Prints requests per second over the loopback interface, and per second of the server's processor time. */
async function httpBenchmark ({ brief = false, markdown = false }) {
  if (isMissing('wrk')) return console.log('\nSkipped: requests per second over loopback. There is no wrk (Debian package wrk).')
  if (!canPin) console.log('\nServer and wrk share their cores: there is no taskset, or only one core.')
  const { generations, rounds } = brief ? BRIEF : FULL
  const turns = []
  for (let i = 0; i < generations; i++) turns.push(...await generation(rounds, brief ? 0 : 2))
  for (const kind of kinds) report(kind, turns.filter(turn => turn.kind === kind), { markdown })
}

/** New processes for all contenders, who take turns of a second. */
async function generation (rounds, warmth) {
  const servers = []
  try {
    for (const contender of contenders) servers.push(await serve(contender))
    for (const server of servers) {
      for (let i = 0; i < warmth; i++) for (const kind of kinds) await turn(server, kind)
    }
    const found = []
    for (let round = 0; round < rounds; round++) {
      for (const kind of kinds) {
        const rates = {}
        for (const i of servers.keys()) {
          const server = servers[(i + round) % servers.length]
          rates[server.contender.name] = await turn(server, kind)
        }
        found.push({ kind, rates })
      }
    }
    return found
  } finally {
    for (const { child } of servers) child.kill()
  }
}

/** A server that has given the right answers. */
async function serve (contender) {
  const child = start('server.js', { contender, configuration: kinds[0].configuration }, { core: SERVER_CORE })
  const port = await messageOf(child)
  for (const kind of kinds) {
    for (const request of kind.requests) {
      const wrong = fault(expected(contender, kind, request), await answerOf(port, request))
      if (wrong !== '') throw new Error(`wrong answer: ${contender.name}, ${kind.name}: ${wrong}`)
    }
  }
  return { contender, child, port }
}

async function answerOf (port, { method, url, headers }) {
  const request = http.request({ host: '127.0.0.1', port, method, path: url, headers, agent: false }).end()
  const [response] = await once(request, 'response')
  const body = Buffer.concat(await response.toArray()).toString()
  return { status: response.statusCode, headers: response.headers, body }
}

/** Requests per second, by the clock and by the processor time of the server, in one second of wrk. */
async function turn ({ child, port }, { requests: [, { method, url, headers }] }) {
  const lines = Object.entries(headers).filter(([name]) => name !== 'Host').flatMap(([name, value]) => ['--header', `${name}: ${value}`])
  const wrk = ['wrk', '--threads', '1', '--connections', String(CONNECTIONS), '--duration', '1s', '--script', join(__dirname, 'wrk.lua'), ...lines, `http://127.0.0.1:${port}${url}`]
  const [command, ...args] = pinned(WRK_CORE, ...wrk)
  const before = await ask(child, 'processor time')
  const { stdout } = await promisify(execFile)(command, args, { env: { ...process.env, METHOD: method } })
  const microseconds = await ask(child, 'processor time') - before
  const [, requests] = /(\d+) requests in/.exec(stdout) ?? []
  const [, perSecond] = /^Requests\/sec: +([\d.]+)$/m.exec(stdout) ?? []
  if (requests === undefined || perSecond === undefined || /Non-2xx|Socket errors/.test(stdout)) throw new Error(`wrk: ${stdout}`)
  return { byClock: Number(perSecond), byProcessor: Number(requests) / microseconds * 1e6 }
}

function report ({ name }, turns, options) {
  const rate = (contender, by) => median(turns.map(({ rates }) => rates[contender][by]))
  const times = (contender, other, by) => number(median(turns.map(({ rates }) => rates[contender][by] / rates[other][by])), 3)
  print({
    title: `Requests per second over loopback, ${CONNECTIONS} connections: ${name}`,
    columns: ['contender', 'by the clock', `of ${BARE}`, `of ${PEER}`, 'by processor time', `of ${BARE}`, `of ${PEER}`],
    rows: contenders.map(({ name }) => [name, ...['byClock', 'byProcessor'].flatMap(by => [number(rate(name, by), 0), times(name, BARE, by), times(name, PEER, by)])])
  }, options)
  console.log(`${name}: ${times(OURS, PEER, 'byProcessor')} of ${PEER} by processor time, ${times(OURS, PEER, 'byClock')} by the clock`)
}

module.exports = { http: httpBenchmark }
