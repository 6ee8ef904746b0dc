'use strict'

const { cases, configurations } = require('./cases')
const { BARE, BY_HAND, OURS, PEER, contenders } = require('./contenders')
const { ask, messageOf, start } = require('./processes')
const { buildRevision } = require('./revision')
const { geometricMean, median } = require('./statistics')
const { number, print } = require('./table')

/** Each generation has new processes, since the same code runs up to a tenth slower where the heap lies unluckily. */
const FULL = { generations: 3, rounds: 10, milliseconds: 15, warmth: 400, configurations: Object.keys(configurations) }
const BRIEF = { generations: 1, rounds: 1, milliseconds: 1, warmth: 1, configurations: ['list'] }

/**
 * Prints the processor time that each contender adds to a request of bare Fastify. The two halves of every difference
 * are measured one after the other, so that what slows the machine slows both.
 */
async function micro ({ against, brief = false, markdown = false }) {
  const effort = brief ? BRIEF : FULL
  const revision = against === undefined ? undefined : buildRevision(against)
  try {
    const rivals = revision === undefined ? [] : [{ name: `at ${against}`, root: revision.folder }]
    const generations = []
    for (let i = 0; i < effort.generations; i++) {
      const found = {}
      for (const configuration of effort.configurations) Object.assign(found, await race([...contenders, ...rivals], configuration, effort))
      generations.push(found)
    }
    report(generations, [BY_HAND, PEER, ...rivals.map(({ name }) => name)], { markdown })
  } finally {
    revision?.remove()
  }
}

/** For each case of a configuration: the nanoseconds of bare Fastify, and those that each other contender adds. */
async function race (entries, configuration, { rounds, milliseconds, warmth }) {
  const workers = entries.map(contender => start('worker.js', { contender, configuration, warmth }))
  try {
    for (const [i, worker] of workers.entries()) complain(await messageOf(worker), entries[i])
    const found = {}
    for (const { name } of cases.filter(each => each.configuration === configuration)) {
      const times = entries.map(() => [])
      for (let round = 0; round < rounds; round++) {
        for (let i = 0; i < entries.length; i++) {
          const at = (i + round) % entries.length // so that none always follows the same other
          times[at].push(await ask(workers[at], { name, milliseconds }))
        }
      }
      found[name] = Object.fromEntries(entries.map(({ name }, i) => [name, median(times[i].map((time, round) => name === BARE ? time : time - times[0][round]))]))
    }
    return found
  } finally {
    for (const worker of workers) worker.kill()
  }
}

/** An older revision may answer otherwise; a wrong answer of any other contender ends the run. */
function complain (faults, { name }) {
  if (faults.length === 0) return
  if (contenders.some(each => each.name === name)) throw new Error(`wrong answers:\n${faults.join('\n')}`)
  console.log(`\nAnother answer:\n${faults.join('\n')}`)
}

function report (generations, others, options) {
  const measured = cases.filter(({ name }) => name in generations[0])
  const middle = figure => median(generations.map(figure))
  const share = (name, other) => middle(found => found[name][OURS] / found[name][other])
  print({
    title: 'Nanoseconds of processor time a request, and what each contender adds to bare Fastify',
    columns: ['case', BARE, ...others.map(name => `+ ${name}`), `+ ${OURS}`, ...others.map(name => `of ${name}`)],
    rows: measured.map(({ name }) => [
      name,
      ...[BARE, ...others, OURS].map(contender => number(middle(found => found[name][contender]), 0)),
      ...others.map(other => number(share(name, other)))
    ])
  }, options)
  const counted = measured.filter(({ peerScans }) => !peerScans)
  const isActual = ({ name }) => name.startsWith('GET')
  console.log(`\nWithout the long lists, geometric mean (lowest to highest of ${generations.length} generations):`)
  for (const [words, group] of [['all cases', counted], ['actual requests', counted.filter(isActual)], ['preflights', counted.filter(each => !isActual(each))]]) {
    console.log(`${words}: ${others.map(other => `${together(generations, group, other)} of ${other}`).join(', ')}`)
  }
  const [worst] = counted.map(({ name }) => ({ name, share: share(name, BY_HAND) })).sort((a, b) => b.share - a.share)
  console.log(`furthest from by hand: ${worst.name}, ${number(worst.share)}`)
}

/** A generation in which noise has left less than nothing of a case has no mean. */
function together (generations, group, other) {
  const means = generations.map(found => geometricMean(group.map(({ name }) => found[name][OURS] / found[name][other]))).filter(Number.isFinite)
  return `${number(median(means))} (${number(Math.min(...means))} to ${number(Math.max(...means))})`
}

module.exports = { micro }
