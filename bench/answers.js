'use strict'

const { cases, scale } = require('./cases')
const { OURS, contenders, peerOf } = require('./contenders')
const { socketless } = require('./socketless')

/** What is wrong with the answer of this peer in this case, in words; `undefined` if nothing is. */
function fault (peer, each, answer) {
  const expected = peer.expected?.(each) ?? { status: each.status ?? 200, headers: each.headers }
  const wrong = answer.status === expected.status ? [] : [`status ${answer.status}, not ${expected.status}`]
  const names = new Set([...Object.keys(expected.headers), ...Object.keys(answer.headers)])
  for (const name of [...names].sort()) {
    const [is, shouldBe] = [answer.headers[name], expected.headers[name]]
    if (items(is) !== items(shouldBe)) wrong.push(is === undefined ? `no ${name}` : `${name}: ${excerpt(is)}`)
  }
  return wrong.length === 0 ? undefined : wrong.join('; ')
}

/** Lists that mean the same are the same: order, blanks and the case of names do not matter in these headers. */
function items (value) {
  return value?.split(',').map(item => item.trim().toLowerCase()).sort().join()
}

function excerpt (value) {
  return value.length > 60 ? `${value.slice(0, 60)}…` : value
}

/** A server of this peer for this case, ready to run, with what is wrong with its answer. */
async function prepare (peer, each) {
  const { run, answer } = socketless(await peer.listener(each), each.request)
  return { run, fault: fault(peer, each, await answer()) }
}

/** Whether every peer answers right in every case that it is timed in. */
async function answers () {
  const timed = [
    ...contenders().flatMap(peer => cases.map(each => [peer, each])),
    ...scale.flatMap(({ each, base, byHand }) => [[peerOf(OURS), each], byHand ? [peerOf('hand-written'), each] : [peerOf(OURS), base]])
  ]
  const rows = []
  for (const [peer, each] of timed) rows.push({ peer: peer.name, case: each.name, fault: (await prepare(peer, each)).fault ?? null })
  return rows
}

module.exports = { answers, prepare }
