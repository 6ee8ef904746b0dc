'use strict'

// One contender in one case, on a port that it tells its parent.

const http = require('node:http')
const { find } = require('./cases')
const { peerOf } = require('./contenders')

async function main ([file, name]) {
  const server = http.createServer(await peerOf(file).listener(find(name)))
  server.listen(0, '127.0.0.1', () => { process.send(server.address().port) })
}

main(process.argv.slice(2))
