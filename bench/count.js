'use strict'

// Makes some requests of one contender in one case, and ends: what it executes is counted from outside.

const { find } = require('./cases')
const { peerOf } = require('./contenders')
const { socketless } = require('./socketless')
const { steps } = require('./steps')

async function main ([name, eachName, requests]) {
  const each = find(eachName)
  const { run } = socketless(await (steps[name] ?? peerOf(name)).listener(each), each.request)
  for (let i = 0; i < Number(requests); i++) {
    const pending = run()
    if (pending instanceof Promise) await pending
  }
  process.exit() // no timer of a server is waited for
}

main(process.argv.slice(2))
