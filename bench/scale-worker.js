'use strict'

// Boots one contender with so many origins, patterns or routes, and tells its parent what that takes.

const { LIST, exactOrigins, get, patterns, preflight, put, sample } = require('./cases')
const { build } = require('./contenders')
const { heap, input, processorTime } = require('./processes')
const { answered, exchangeMaker } = require('./socketless')
const { median } = require('./statistics')

const BATCH = 50

const routes = (count, constraints) => ({
  options: { origin: LIST },
  routes: count,
  constraints,
  requests: Array.from({ length: count }, (_, i) => `/route${i}/42`).flatMap(url => [preflight(LIST[0], { url }), put(LIST[0], url)])
})
const patternsAsked = (count, labels) => ({
  options: { origin: patterns(count) },
  requests: sample(patterns(count)).map(pattern => get(pattern.replace('*', labels)))
})

const kinds = {
  'exact origins': count => ({ options: { origin: exactOrigins(count) }, requests: sample(exactOrigins(count)).map(origin => get(origin)) }),
  patterns: count => patternsAsked(count, 'www'),
  'patterns, origins of 60 labels': count => patternsAsked(count, Array(57).fill('a').join('.')),
  routes: count => routes(count),
  'routes that differ by version': count => routes(count, { version: '1.0.0' })
}

async function nanoseconds (app, make) {
  const exchanges = Array.from({ length: BATCH }, make)
  const start = processorTime()
  for (const { request, response } of exchanges) app.routing(request, response)
  await answered(exchanges)
  return (processorTime() - start) * 1000 / BATCH
}

/** Milliseconds to boot, bytes that stay once each request was answered, and nanoseconds a request. */
async function measure (contender, settings, batches) {
  const before = heap()
  const start = processorTime()
  const app = await build(contender, settings)
  const boot = (processorTime() - start) / 1000
  const make = exchangeMaker(settings.requests)
  for (let i = 0; i < settings.requests.length; i += BATCH) await nanoseconds(app, make)
  const bytes = heap() - before
  const times = []
  for (let i = 0; i < batches; i++) times.push(await nanoseconds(app, make))
  await app.close() // which keeps it alive until here
  return { boot, bytes, request: median(times.slice(batches / 2)) } // The first half warms up.
}

async function main ({ contender, kind, count, batches }) {
  await measure(contender, { options: {}, requests: [get(LIST[0])] }, 2) // loads and compiles
  process.send(await measure(contender, kinds[kind](count), batches))
}

main(input())
