'use strict'

const { BARE, OURS, contenders } = require('./contenders')
const { messageOf, start } = require('./processes')

/** What a worker tells of one contender, in a process that can collect garbage when asked. */
function run (worker, name, job) {
  const contender = contenders.find(each => each.name === name)
  return messageOf(start(worker, { contender, ...job }, { flags: ['--expose-gc'] }))
}

/** Pairs of what bare Fastify and this plugin tell. They take turns, so that the load of the machine is about the same for both. */
async function turns (worker, processes, job) {
  const pairs = []
  for (let i = 0; i < processes; i++) pairs.push([await run(worker, BARE, job), await run(worker, OURS, job)])
  return pairs
}

module.exports = { run, turns }
