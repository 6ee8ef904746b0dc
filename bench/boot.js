'use strict'

const { OURS } = require('./contenders')
const { median } = require('./statistics')
const { number, print } = require('./table')
const { run, turns } = require('./turns')

const WORKER = 'boot-worker.js'
const CONSTRAINTS = ['versions', 'hosts', 'both']
const ORDERS = ['before the routes', 'after them']
const FULL = { processes: 7, routes: 5000, requests: 1_000_000 }
const BRIEF = { processes: 1, routes: 50, requests: 1000 }

/**
 * Prints what this plugin makes of the time to boot an application of many routes with constraints, and what a million
 * requests over them leave in the heap.
 */
async function boot ({ brief = false, markdown = false }) {
  const { processes, ...sizes } = brief ? BRIEF : FULL
  const rows = []
  for (const constraints of CONSTRAINTS) {
    for (const order of ORDERS) rows.push(await row(processes, { ...sizes, constraints, order }))
  }
  print({
    title: `Booting ${sizes.routes.toLocaleString('en')} routes with constraints, and ${sizes.requests.toLocaleString('en')} requests over them`,
    columns: ['constraints', 'registered', 'ms of bare Fastify', 'ms', 'ratio', 'lowest and highest', 'kB that requests keep'],
    rows
  }, { markdown })
}

async function row (processes, job) {
  const pairs = await turns(WORKER, processes, job)
  const { kept } = await run(WORKER, OURS, { ...job, isKept: true })
  const [base, found] = [0, 1].map(which => median(pairs.map(pair => pair[which].boot)))
  const ratios = pairs.map(([base, found]) => found.boot / base.boot)
  return [job.constraints, job.order, number(base, 0), number(found, 0), number(found / base), `${number(Math.min(...ratios))} to ${number(Math.max(...ratios))}`, number(kept / 1024, 0)]
}

module.exports = { boot }
