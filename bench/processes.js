'use strict'

const { spawn, spawnSync } = require('node:child_process')
const { once } = require('node:events')
const { availableParallelism } = require('node:os')
const { join } = require('node:path')

const isMissing = command => spawnSync(command, ['--version']).error !== undefined

const canPin = availableParallelism() > 1 && !isMissing('taskset')

/**
 * A process that idles between its turns would give its memory back and forget its compiled code, which a server under
 * load does not. It compiles on its own thread, so that the compiler never slows the contender after it.
 */
const FLAGS = ['--no-memory-reducer', '--no-flush-bytecode', '--no-concurrent-recompilation']

/** The command line, with what keeps it on one core before it, where there is more than one. */
const pinned = (core, ...command) => canPin ? ['taskset', '--cpu-list', String(core), ...command] : command

/**
 * Starts a file of this folder in a process of its own.
 *
 * @param {string} file
 * @param {unknown} input what `input()` returns there
 * @param {{ core?: number, flags?: string[] }} [options]
 */
function start (file, input, { core = 0, flags = [] } = {}) {
  const [command, ...args] = pinned(core, process.execPath, ...FLAGS, ...flags, join(__dirname, file), JSON.stringify(input))
  return spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env: { ...process.env, NODE_ENV: 'production' } })
}

/** The next message of a process; rejects if it ends instead. */
async function messageOf (child) {
  const settled = new AbortController()
  const ended = once(child, 'exit', settled).then(([code]) => { throw new Error(`${child.spawnargs.join(' ')} ended with ${code}`) })
  try {
    const [message] = await Promise.race([once(child, 'message', settled), ended])
    return message
  } finally {
    settled.abort()
  }
}

/** Sends a question to a process, and resolves to its answer. */
function ask (child, question) {
  child.send(question)
  return messageOf(child)
}

/** In a process that `start` made: what it was given. */
const input = () => JSON.parse(process.argv[2])

/** Bytes of the heap in use, once garbage is collected. The process needs the flag `--expose-gc`. */
function heap () {
  globalThis.gc()
  return process.memoryUsage().heapUsed
}

/** Microseconds that this process has used so far, on all its threads: V8 collects garbage and compiles on others too. */
function processorTime () {
  const { user, system } = process.cpuUsage()
  return user + system
}

module.exports = { ask, canPin, heap, input, isMissing, messageOf, pinned, processorTime, start }
