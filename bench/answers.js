'use strict'

const { cases, configurations } = require('./cases')
const { BARE, PEER, build, contenders } = require('./contenders')
const { answerOf, answered, exchangeMaker } = require('./socketless')

const BODIES = { 200: /^ok$/, 204: /^$/, 403: /"statusCode":403/ }

/** What the contender has to answer. */
function expected ({ name }, each, request) {
  if (name === BARE) return { status: request.method === 'OPTIONS' ? 204 : 200, headers: {} }
  return (name === PEER && each.peerAnswer !== undefined ? each.peerAnswer : each.answer)(request)
}

/**
 * What is wrong with an answer, in words; empty if nothing is.
 *
 * @param {import('./cases').Answer} right
 * @param {{ status: number, headers: Record<string, string>, body: string }} answer
 */
function fault (right, answer) {
  const wrong = answer.status === right.status ? [] : [`status ${answer.status}, not ${right.status}`]
  if (!BODIES[right.status].test(answer.body)) wrong.push(`body: ${excerpt(answer.body)}`)
  const ofCors = Object.keys(answer.headers).filter(name => name === 'vary' || name.startsWith('access-control-'))
  for (const name of new Set([...Object.keys(right.headers), ...ofCors])) {
    const [is, shouldBe] = [answer.headers[name], right.headers[name]]
    if (is === undefined) wrong.push(`no ${name}`)
    else if (typeof shouldBe === 'function' ? !shouldBe(is) : items(is) !== items(shouldBe)) wrong.push(`${name}: ${excerpt(is)}`)
  }
  return wrong.join('; ')
}

/** Lists that mean the same are the same: order, blanks and letter case do not matter in these headers. */
function items (value) {
  return value?.split(',').map(item => item.trim().toLowerCase()).sort().join()
}

function excerpt (text) {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

/** What the application answers wrong to the requests of a case, if anything. */
async function faultOf (app, contender, each) {
  for (const request of each.requests) {
    const exchange = exchangeMaker([request])()
    app.routing(exchange.request, exchange.response)
    await answered([exchange])
    const found = fault(expected(contender, each, request), answerOf(exchange))
    if (found !== '') return `${contender.name}, ${each.name}: ${found}`
  }
}

/** Asks every contender in every case; fails if an answer is wrong. */
async function answers () {
  const wrong = []
  for (const contender of contenders) {
    for (const configuration of Object.keys(configurations)) {
      const app = await build(contender, configuration)
      for (const each of cases.filter(each => each.configuration === configuration)) wrong.push(await faultOf(app, contender, each))
      await app.close()
    }
  }
  const faults = wrong.filter(Boolean)
  console.log([...faults, `${wrong.length - faults.length} of ${wrong.length} right: ${contenders.length} contenders in ${cases.length} cases`].join('\n'))
  if (faults.length > 0) process.exitCode = 1
}

module.exports = { answers, expected, fault, faultOf }
