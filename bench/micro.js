'use strict'

const { cases } = require('./cases')
const { OURS, contenders, peerOf } = require('./contenders')
const { race, shares } = require('./race')
const { buildRevision } = require('./revision')
const { geometricMean, spread } = require('./statistics')
const { number, print, withSpread } = require('./table')

/** One actual request and one preflight show that everything runs. */
const BRIEF = ['GET under a list of 3, allowed', 'preflight, explicit lists']

/** What a request costs with each contender, in each case, without sockets. */
async function micro ({ against, ...options }) {
  const revision = against === undefined ? undefined : buildRevision(against)
  try {
    const rival = revision === undefined ? [] : [{ ...peerOf(OURS, revision.folder), root: revision.folder, name: `at ${against}` }]
    const peers = [...contenders(), ...rival]
    const results = []
    for (const each of options.brief ? cases.filter(({ name }) => BRIEF.includes(name)) : cases) {
      const found = await race(peers.map(peer => ({ peer, each })), options)
      results.push({ each, of: Object.fromEntries(peers.map((peer, i) => [peer.name, found[i]])) })
    }
    print(timesTable(peers, results), options)
    print(addedTable(results, rival.map(({ name }) => name)), options)
  } finally {
    revision?.remove()
  }
}

function timesTable (peers, results) {
  const faults = []
  const cell = ({ time, fault }) => {
    if (fault === undefined) return number(time / 1000)
    if (!faults.includes(fault)) faults.push(fault)
    return `${number(time / 1000)} [${faults.indexOf(fault) + 1}]`
  }
  return {
    title: 'Microseconds per request, without sockets',
    columns: ['case', ...peers.map(({ name }) => name)],
    rows: results.map(({ each, of }) => [each.name, ...peers.map(({ name }) => cell(of[name]))]),
    notes: [...faults.map((fault, i) => `[${i + 1}] another answer: ${fault}`), `Versions: ${peers.filter(({ version }) => version !== '').map(({ name, version }) => `${name} ${version}`).join('; ')}; Node ${process.versions.node}.`]
  }
}

/** What this package adds to bare Fastify, as a share of what others add. */
function addedTable (results, rivals) {
  const others = ['@fastify/cors', 'by hand', ...rivals]
  const added = results.map(({ each, of }) => {
    const above = (name, what) => of[name][what] - of['bare Fastify'][what]
    const share = name => spread(shares([of[OURS], of['bare Fastify']], [of[name], of['bare Fastify']]))
    return { name: each.name, time: above(OURS, 'time'), bytes: above(OURS, 'bytes'), bytesShare: above(OURS, 'bytes') / above('@fastify/cors', 'bytes'), shares: others.map(share) }
  })
  const together = others.map((_, i) => number(geometricMean(added.map(({ shares }) => shares[i].middle))))
  return {
    title: `What ${OURS} adds to bare Fastify`,
    columns: ['case', 'nanoseconds', ...others.map(name => `of ${name}`), 'bytes', 'of @fastify/cors'],
    rows: [
      ...added.map(({ name, time, bytes, bytesShare, shares }) => [name, number(time, 0), ...shares.map(withSpread), number(bytes, 0), number(bytesShare)]),
      ['all together, geometric mean', '', ...together, '', number(geometricMean(added.map(({ bytesShare }) => bytesShare)))]
    ],
    notes: ['Shares: median of the rounds, and the quartiles.']
  }
}

module.exports = { micro }
