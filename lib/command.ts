#!/usr/bin/env node
import { run } from './command/run'

run(process.argv.slice(2), process).then(status => { process.exitCode = status })
