'use strict'

// One contender in one case, in a process of its own: what V8 has learnt from one server must not slow or speed another.

const { prepare } = require('./answers')
const { find } = require('./cases')
const { peerOf } = require('./contenders')

/** Requests in one sample: enough to outweigh the clock, few enough that most samples see no garbage collection. */
const SAMPLE = 256

/**
 * Nanoseconds that one request takes: the median of the samples. So it leaves most garbage collection out; bytes per
 * request tell of that.
 */
async function turn (run, milliseconds) {
  const { measure } = await import('mitata')
  const options = { gc: false, min_cpu_time: milliseconds * 1e6, min_samples: 3, batch_samples: SAMPLE, batch_threshold: Infinity }
  return (await measure(run, options)).p50
}

/**
 * Bytes that one request allocates: the least of the samples, since V8 adds its own while it learns. The young
 * generation is large enough that nothing is collected meanwhile.
 */
async function allocated (run, { samples, requests }) {
  const found = []
  for (let i = 0; i < samples; i++) {
    globalThis.gc()
    const before = process.memoryUsage().heapUsed
    for (let j = 0; j < requests; j++) {
      const pending = run()
      if (pending instanceof Promise) await pending
    }
    found.push((process.memoryUsage().heapUsed - before) / requests)
  }
  return Math.min(...found)
}

async function main ([file, root, name]) {
  const { run, fault } = await prepare(peerOf(file, root), find(name))
  process.on('message', async ({ milliseconds, ...bytes }) => {
    process.send(milliseconds === undefined ? await allocated(run, bytes) : await turn(run, milliseconds))
  })
  process.send({ fault })
}

main(process.argv.slice(2))
