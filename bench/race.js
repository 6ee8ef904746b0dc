'use strict'

const { fork } = require('node:child_process')
const { once } = require('node:events')
const { join } = require('node:path')
const { median } = require('./statistics')

/** The young generation holds all that a sample of allocations makes, so that the heap grows by just that. */
const FLAGS = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64']

/** `brief` shows that everything runs; its numbers say little. */
const effort = brief => brief ? { rounds: 2, milliseconds: 1, warmUp: 1, samples: 1 } : { rounds: 15, milliseconds: 8, warmUp: 100, samples: 20 }

/**
 * Times these contenders, each in its case, and gives for each its times by round, the bytes that a request allocates,
 * and what is wrong with its answer. In each round all take their turn, one after the other, so that what slows the
 * machine slows them all; the order shifts, so that none always follows the same other.
 */
async function race (entries, { brief }) {
  const { rounds, milliseconds, warmUp, samples } = effort(brief)
  return await withWorkers(entries, FLAGS, async workers => {
    for (const worker of workers) await ask(worker, { milliseconds: warmUp }) // until it is compiled
    const times = workers.map(() => [])
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < workers.length; i++) {
        const at = (i + round) % workers.length
        times[at].push(await ask(workers[at], { milliseconds }))
      }
    }
    const bytes = []
    for (const worker of workers) bytes.push(await ask(worker, { samples, requests: 500 }))
    return workers.map(({ fault }, i) => ({ times: times[i], time: median(times[i]), bytes: bytes[i], fault }))
  })
}

/**
 * Bytes that a request allocates, the same in every run but for some: on one thread, V8 compiles at the same request
 * each time, and there are samples enough for all that it will compile.
 */
async function exactBytes (entry) {
  return await withWorkers([entry], [...FLAGS, '--single-threaded'], async ([worker]) => {
    return await ask(worker, { samples: 64, requests: 500 })
  })
}

async function withWorkers (entries, flags, use) {
  const workers = await Promise.all(entries.map(entry => start(entry, flags)))
  try {
    return await use(workers)
  } finally {
    for (const worker of workers) worker.kill()
  }
}

async function start ({ peer, each }, execArgv) {
  const worker = fork(join(__dirname, 'worker.js'), [peer.file, peer.root ?? '', each.name], { execArgv })
  const { fault } = await answerOf(worker)
  return Object.assign(worker, { fault })
}

function ask (worker, question) {
  worker.send(question)
  return answerOf(worker)
}

async function answerOf (worker) {
  const settled = new AbortController()
  const gone = once(worker, 'exit', settled).then(([code]) => {
    throw new Error(`${worker.spawnargs.slice(1).join(' ')} ended with ${code}`)
  })
  try {
    const [answer] = await Promise.race([once(worker, 'message', settled), gone])
    return answer
  } finally {
    settled.abort()
  }
}

/** For each round, what one entry costs above its baseline, as a share of what another costs above its own. */
function shares ([one, itsBase], [other, otherBase]) {
  return one.times.map((time, round) => (time - itsBase.times[round]) / (other.times[round] - otherBase.times[round]))
}

module.exports = { race, exactBytes, shares }
