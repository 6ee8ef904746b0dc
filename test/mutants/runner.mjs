import Module, { createRequire } from 'node:module'
import { resolve, sep } from 'node:path'
import { performance } from 'node:perf_hooks'
import { Script } from 'node:vm'
import { PluginKind, commonTokens, declareClassPlugin, tokens } from '@stryker-mutator/api/plugin'
import { DryRunStatus, TestStatus, determineHitLimitReached, toMutantRunResult } from '@stryker-mutator/api/test-runner'

const MAX_RANDOM_RUNS = 1500
const IDLE_MS = 400

/**
 * Runs the compiled tap files in the worker process itself. Stryker's own tap runner starts a process for each file and mutant, which
 * takes ten times as long as most of the tests do. Here tap, Fastify and the other packages are loaded once; what is compiled from this
 * project is evaluated anew for each file, so that nothing of one run is left to the next, and mutants outside functions are run too.
 */
class InProcessTapRunner {
  static inject = tokens(commonTokens.options)

  constructor (options) {
    this.files = options.tap.testFiles
  }

  capabilities () {
    return { reloadEnvironment: true }
  }

  async init () {
    this.project = new Project(resolve('.tests'))
  }

  async dryRun () {
    const result = await this.#run(this.files, false)
    const { perTest } = instrumentation().mutantCoverage
    // In this order they will be run: the fast ones kill most mutants.
    const sorted = [...result.tests].sort((a, b) => a.timeSpentMs - b.timeSpentMs)
    return { ...result, mutantCoverage: { static: {}, perTest: Object.fromEntries(sorted.map(({ id }) => [id, perTest[id] ?? {}])) } }
  }

  async mutantRun ({ activeMutant, testFilter, hitLimit }) {
    const stryker = instrumentation()
    Object.assign(stryker, { activeMutant: activeMutant.id, hitCount: hitLimit === undefined ? undefined : 0, hitLimit })
    const result = await this.#run(testFilter ?? this.files, true)
    return toMutantRunResult(determineHitLimitReached(stryker.hitCount, hitLimit) ?? result)
  }

  async #run (files, bail) {
    const stryker = instrumentation()
    stryker.mutantCoverage = { static: {}, perTest: {} }
    const tests = []
    for (const file of files) {
      stryker.currentTestId = file
      const test = await this.project.runFile(file, bail)
      tests.push(test)
      if (bail && test.status === TestStatus.Failed) break
    }
    return { status: DryRunStatus.Complete, tests }
  }
}

/** Where the instrumented code looks for the mutant that is active, and counts what was executed. */
function instrumentation () {
  globalThis.__stryker__ ??= {}
  return globalThis.__stryker__
}

class Project {
  #root
  #require
  #scripts = new Map()
  #t
  #fastCheck

  constructor (root) {
    this.#root = root + sep
    this.#require = createRequire(this.#root)
    // The root instance of tap would write to the standard output, and end with the process.
    this.#require('@tapjs/core')
    this.#fastCheck = quickly(this.#require('fast-check'))
    this.#intercept()
    this.#compileOnce()
  }

  async runFile (file, bail) {
    for (const name of Object.keys(this.#require.cache)) if (name.startsWith(this.#root)) delete this.#require.cache[name]
    // TypeBox keeps the kinds that a project has named.
    this.#require('@sinclair/typebox').TypeRegistry.Clear()
    const { Test } = this.#require('@tapjs/test')
    const t = new Test({ name: file, bail })
    this.#t = t
    const failures = []
    t.parser.on('fail', ({ fullname, name }) => failures.push(`${fullname}: ${name}`))
    const started = performance.now()
    const ended = new Promise(resolve => { t.on('complete', resolve); t.on('bailout', resolve) })
    const idle = idleness()
    t.resume()
    t.runMain(() => {})
    try {
      this.#require(resolve(file))
    } catch (error) {
      t.threw(error)
    }
    t.end()
    const hangs = await Promise.race([ended.then(() => false), idle.found])
    idle.stop()
    const identity = { id: file, name: file, timeSpentMs: performance.now() - started }
    if (hangs) failures.push('waits for what does not come')
    return t.passing() && failures.length === 0
      ? { ...identity, status: TestStatus.Success }
      : { ...identity, status: TestStatus.Failed, failureMessage: failures.join(', ') || 'bailed out' }
  }

  #intercept () {
    const load = Module._load
    const replaced = {
      tap: () => ({ __esModule: true, default: this.#t }),
      'fast-check': () => ({ __esModule: true, default: this.#fastCheck })
    }
    Module._load = (request, ...rest) => Object.hasOwn(replaced, request) ? replaced[request]() : load(request, ...rest)
  }

  /** V8 keeps what it compiled, as long as the script is the same. */
  #compileOnce () {
    const compile = Module.prototype._compile
    const inProject = filename => filename.startsWith(this.#root)
    const scripts = this.#scripts
    Module.prototype._compile = function (content, filename) {
      if (!inProject(filename)) return compile.call(this, content, filename)
      if (!scripts.has(filename)) scripts.set(filename, new Script(Module.wrap(content), { filename }))
      const require = createRequire(filename)
      const own = id => this.require(id)
      Object.assign(own, { cache: require.cache, resolve: require.resolve, main: undefined })
      scripts.get(filename).runInThisContext().call(this.exports, this.exports, own, this, filename, resolve(filename, '..'))
    }
  }
}

/**
 * Tells a test that waits for what never comes, such as the answer to a request. No test waits for so long without
 * anything to do, on however slow a machine: what counts is the share of the time in which there is something to do.
 */
function idleness () {
  let timer
  const found = new Promise(resolve => {
    let last = performance.eventLoopUtilization()
    let idle = 0
    timer = setInterval(() => {
      const now = performance.eventLoopUtilization()
      idle = performance.eventLoopUtilization(now, last).utilization < 0.05 ? idle + 1 : 0
      if (idle === 2) resolve(true)
      last = now
    }, IDLE_MS)
  })
  return { found, stop: () => { clearInterval(timer) } }
}

/** Random tests with the same input for each mutant, less of it, and without a search for the smallest input that fails. */
function quickly (fc) {
  const assert = (property, parameters) =>
    fc.assert(property, { ...parameters, numRuns: Math.min(parameters?.numRuns ?? MAX_RANDOM_RUNS, MAX_RANDOM_RUNS), seed: parameters?.seed ?? 1, endOnFailure: true })
  return { ...fc, assert }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'tap-in-process', InProcessTapRunner)]

export const strykerValidationSchema = { properties: { tap: { type: 'object' } } }
