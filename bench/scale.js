'use strict'

const { fork } = require('node:child_process')
const { once } = require('node:events')
const { join } = require('node:path')
const { scale: comparisons } = require('./cases')
const { OURS, peerOf } = require('./contenders')
const { race, shares } = require('./race')
const { median, spread } = require('./statistics')
const { number, print, withSpread } = require('./table')

const COUNTS = [1, 1000, 10_000, 100_000]

/** What grows with the number of origins or with what a stranger sends: time, heap and boot. */
async function scale (options) {
  const rows = []
  for (const comparison of options.brief ? comparisons.slice(0, 1) : comparisons) rows.push(await rowOf(comparison, options))
  print({
    title: `What ${OURS} adds to bare Fastify, as a share of what is added in comparison`,
    columns: ['case', 'compared with', 'nanoseconds', 'share'],
    rows,
    notes: ['Shares: median of the rounds, and the quartiles.']
  }, options)
  print(await bootTable(options), options)
}

async function rowOf ({ each, base = each, byHand }, options) {
  const [bare, ours, other] = [peerOf('bare'), peerOf(OURS), peerOf(byHand ? 'hand-written' : OURS)]
  const entries = [{ peer: ours, each }, { peer: bare, each }, { peer: other, each: base }, { peer: bare, each: base }]
  const [one, itsBase, another, otherBase] = await race(entries, options)
  const faults = [one, another].map(({ fault }) => fault).filter(Boolean).map(fault => ` (another answer: ${fault})`)
  return [each.name, byHand ? 'by hand' : base.name, number(one.time - itsBase.time, 0), withSpread(spread(shares([one, itsBase], [another, otherBase]))) + faults.join('')]
}

async function bootTable ({ brief }) {
  const found = []
  const counts = brief ? COUNTS.slice(0, 2) : COUNTS
  for (const count of counts) found.push(await boots(count, brief ? 1 : 5))
  const [{ bytes: fixed }] = found
  return {
    title: 'Boot of an application, validation included',
    columns: ['exact origins', 'milliseconds', 'bytes of heap per origin, beyond the strings'],
    rows: found.map(({ milliseconds, bytes }, i) => [counts[i].toLocaleString('en'), number(milliseconds, 0), i === 0 ? '' : number((bytes - fixed) / counts[i], 0)])
  }
}

/** The median of several boots, each in a process of its own. */
async function boots (count, times) {
  const all = []
  for (let i = 0; i < times; i++) {
    const [found] = await once(fork(join(__dirname, 'boot.js'), [String(count)], { execArgv: ['--expose-gc'] }), 'message')
    all.push(found)
  }
  return { milliseconds: median(all.map(({ milliseconds }) => milliseconds)), bytes: median(all.map(({ bytes }) => bytes)) }
}

module.exports = { scale }
