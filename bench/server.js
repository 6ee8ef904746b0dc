'use strict'

// One contender that listens; it tells its port, and then its processor time whenever it is asked.

const { build } = require('./contenders')
const { input, processorTime } = require('./processes')

async function main ({ contender, configuration }) {
  const app = await build(contender, configuration)
  await app.listen({ port: 0, host: '127.0.0.1' })
  process.on('message', () => { process.send(processorTime()) })
  process.send(app.server.address().port)
}

main(input())
