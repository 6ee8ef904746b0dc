'use strict'

// Boots one contender with many routes that differ by constraints, and tells its parent what that takes.

const Fastify = require('fastify')
const { LIST, preflight, put } = require('./cases')
const { heap, input, processorTime } = require('./processes')
const { answered, exchangeMaker } = require('./socketless')

const BATCH = 50
const WARM_UP = 500

// Five routes at each place.
const places = {
  versions: i => ({ version: `${i}.0.0` }),
  hosts: i => ({ host: `h${i}.example.com` }),
  both: i => ({ version: `${i % 3}.0.0`, host: `h${i % 2}.example.com` })
}

const handler = (request, reply) => { reply.send('ok') }

/** Milliseconds to boot, and the application. */
async function boot ({ root }, { routes, constraints, order }) {
  const start = processorTime()
  const app = Fastify()
  const register = async () => { if (root !== undefined) await app.register(require(root), { origin: LIST }) }
  if (order === 'before the routes') await register()
  for (let i = 0; i < routes; i++) {
    const place = Math.floor(i / 5)
    app.route({ method: place % 2 === 0 ? 'PUT' : 'GET', url: `/route${place}/:id`, constraints: places[constraints](i % 5), handler })
  }
  if (order !== 'before the routes') await register()
  await app.ready()
  return { boot: (processorTime() - start) / 1000, app }
}

/** Bytes that so many requests add to what as many at every place have left. */
async function kept (app, { routes, requests }) {
  const asked = Array.from({ length: Math.ceil(routes / 10) }, (_, i) => `/route${2 * i}/42`).flatMap(url => [preflight(LIST[0], { url }), put(LIST[0], url)])
  const headers = { Host: 'h1.example.com', 'Accept-Version': '1.0.0' }
  const make = exchangeMaker(asked.map(({ method, url, headers: own }) => ({ method, url, headers: { ...own, ...headers } })))
  const send = async count => {
    for (let i = 0; i < count; i += BATCH) {
      const exchanges = Array.from({ length: BATCH }, make)
      for (const { request, response } of exchanges) app.routing(request, response)
      await answered(exchanges)
    }
  }
  await send(Math.max(asked.length, requests / 10))
  const before = heap()
  await send(requests)
  return heap() - before
}

async function main ({ contender, isKept = false, ...job }) {
  await boot(contender, { ...job, routes: WARM_UP }) // loads and compiles
  globalThis.gc()
  const { boot: time, app } = await boot(contender, job)
  process.send({ boot: time, kept: isKept ? await kept(app, job) : undefined })
  await app.close()
}

main(input())
