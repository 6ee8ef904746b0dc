'use strict'

// One contender with one configuration, in a process of its own: what V8 learns from one must not change another.

const { faultOf } = require('./answers')
const { cases } = require('./cases')
const { build } = require('./contenders')
const { input, processorTime } = require('./processes')
const { answered, exchangeMaker } = require('./socketless')
const { median } = require('./statistics')

const collections = new PerformanceObserver(() => {})
collections.observe({ entryTypes: ['gc'] })

/** Microseconds of collections since the last call. */
const takeCollections = () => collections.takeRecords().reduce((sum, { duration }) => sum + duration * 1000, 0)

/** Requests between two looks at the clock, which takes as long as one of them. */
const BATCH = 50

/**
 * Runs requests that were made beforehand, and returns the cost of running them by this measure.
 *
 * @param {() => number} measure
 */
async function batch (app, make, size, measure) {
  const exchanges = Array.from({ length: size }, make)
  const start = measure()
  for (const { request, response } of exchanges) app.routing(request, response)
  if (!exchanges.every(({ response }) => response.writableEnded)) await answered(exchanges)
  return measure() - start
}

/**
 * Nanoseconds that a request takes. The median of the batches leaves out those that another process disturbed, and with
 * them the few in which garbage was collected; so the time of all collections is added, spread over all requests.
 */
async function time (app, make, milliseconds) {
  const batches = []
  takeCollections()
  for (let spent = 0; spent < milliseconds * 1000; spent += batches.at(-1)) batches.push(await batch(app, make, BATCH, processorTime))
  await new Promise(resolve => setImmediate(resolve)) // Node reports collections in a later turn of the event loop.
  return (median(batches) + takeCollections() / batches.length) * 1000 / BATCH
}

/** Bytes that a request allocates: the median of the later samples, since V8 adds its own while it compiles. */
async function bytes (app, make, samples) {
  const found = []
  for (let i = 0; i < samples; i++) found.push(await batch(app, make, BATCH, () => process.memoryUsage().heapUsed) / BATCH)
  return median(found.slice(samples / 2).filter(each => each > 0)) // It is negative where garbage was collected meanwhile.
}

/** Runs the cases in turn, since a server sees a mixture. */
async function warmUp (app, makers, milliseconds) {
  const end = processorTime() + milliseconds * 1000
  do {
    for (const make of makers) await batch(app, make, BATCH, processorTime)
  } while (processorTime() < end)
}

async function main ({ contender, configuration, warmth }) {
  const mine = cases.filter(each => each.configuration === configuration)
  const app = await build(contender, configuration)
  const faults = []
  for (const each of mine) faults.push(await faultOf(app, contender, each))
  const makers = Object.fromEntries(mine.map(({ name, requests }) => [name, exchangeMaker(requests)]))
  await warmUp(app, Object.values(makers), warmth)
  process.on('message', async ({ name, milliseconds, samples }) => {
    process.send(samples === undefined ? await time(app, makers[name], milliseconds) : await bytes(app, makers[name], samples))
  })
  process.send(faults.filter(Boolean))
}

main(input())
