'use strict'

const { spawn, spawnSync } = require('node:child_process')
const { once } = require('node:events')
const { availableParallelism } = require('node:os')
const { join } = require('node:path')
const { cases } = require('./cases')
const { contenders } = require('./contenders')
const { spread, median } = require('./statistics')
const { number, print, withSpread } = require('./table')

const CASES = ['GET under *', 'GET under a list of 3, allowed', 'preflight, explicit lists']
const CONNECTIONS = 32
const BRIEF = ['bare', 'fastify-cors', 'fastify-cors-policy']

const missing = command => spawnSync(command, ['--version']).error !== undefined

/** What a command line has before it to stay on one core: the first for servers, the second for wrk. */
const pinned = core => missing('taskset') || availableParallelism() < 2 ? [] : ['taskset', '--cpu-list', String(core)]

/** Requests per second over the loopback interface: every contender in turn, in rounds. */
async function wrk ({ brief, markdown }) {
  if (missing('wrk')) return console.log('\nSkipped: requests per second over loopback. There is no wrk (Debian package wrk).')
  if (pinned(0).length === 0) console.log('\nServer and wrk share their cores: there is no taskset, or one core alone.')
  const peers = contenders().filter(({ file }) => !brief || BRIEF.includes(file))
  const rows = []
  for (const each of cases.filter(({ name }) => CASES.includes(name)).slice(brief ? 1 : 0)) rows.push(...await rowsOf(each, peers, brief ? 1 : 5))
  print({
    title: `Requests per second over loopback, ${CONNECTIONS} connections`,
    columns: ['case', 'contender', 'per second', 'of bare Fastify'],
    rows,
    notes: ['Shares: median of the rounds, and the quartiles.']
  }, { markdown })
}

async function rowsOf (each, peers, rounds) {
  const servers = await Promise.all(peers.map(peer => serve(peer, each)))
  const found = servers.map(() => [])
  try {
    for (let round = 0; round < rounds; round++) {
      for (const [i, { port }] of servers.entries()) found[i].push(await load(each, port))
    }
  } finally {
    for (const { process } of servers) process.kill()
  }
  return peers.map(({ name }, i) => {
    const shares = found[i].map((perSecond, round) => perSecond / found[0][round])
    return [each.name, name, number(median(found[i]), 0), withSpread(spread(shares))]
  })
}

async function serve (peer, each) {
  const [command, ...args] = [...pinned(0), process.execPath, join(__dirname, 'serve.js'), peer.file, each.name]
  const server = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const [port] = await once(server, 'message')
  return { process: server, port }
}

/** Requests per second in one second of wrk. */
async function load ({ request: { method, url, headers } }, port) {
  const script = method === 'GET' ? [] : ['--script', join(__dirname, 'method.lua')]
  const lines = Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`])
  const wrk = ['wrk', '--threads', '1', '--connections', String(CONNECTIONS), '--duration', '1s', ...script, ...lines, `http://127.0.0.1:${port}${url}`]
  const [command, ...args] = [...pinned(1), ...wrk]
  const { stdout } = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, METHOD: method } })
  const perSecond = /^Requests\/sec: +([\d.]+)$/m.exec(stdout)?.[1]
  if (perSecond === undefined || /Non-2xx|Socket errors/.test(stdout)) throw new Error(`wrk: ${stdout}`)
  return Number(perSecond)
}

module.exports = { wrk }
