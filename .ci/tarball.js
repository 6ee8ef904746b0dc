'use strict'

// Packs the package into the folder that is named, prints its size, and fails on a file that is not meant to be in it
// or that is missing. There are no source maps: the code is published as it was compiled, and reads like its source.

const { execFileSync } = require('node:child_process')
const { resolve } = require('node:path')

const allowed = [/^dist\/(?:[\w-]+\/)*[\w-]+\.(?:js|d\.ts)$/, /^(?:README|CHANGELOG|SECURITY)\.md$/, /^docs\/(?:recipes\/)?[\w-]+\.md$/, /^LICENSE$/, /^package\.json$/]
const tests = /(?:^|\/)(?:test|bench|examples)\/|\.test[.-]/
const required = ['dist/index.js', 'dist/index.d.ts', 'dist/lib/testing.js', 'dist/lib/testing.d.ts', 'dist/lib/command.js', 'docs/command.md', 'dist/lib/options/schema.js', 'dist/lib/options/schema.d.ts', 'README.md', 'LICENSE', 'CHANGELOG.md', 'SECURITY.md', 'package.json']

const folder = process.argv[2] ?? '.'
const args = ['pack', '--json', '--pack-destination', folder, '--loglevel=error']
const output = execFileSync('npm', args, { cwd: resolve(__dirname, '..'), encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
// The build, which npm runs first, writes to the same stream.
const answer = JSON.parse(output.slice(output.search(/^[[{]/m)))
const [{ filename, files, size, unpackedSize }] = Array.isArray(answer) ? answer : Object.values(answer)

const paths = files.map(({ path }) => path)
const unexpected = paths.filter(path => tests.test(path) || !allowed.some(pattern => pattern.test(path)))
const missing = required.filter(path => !paths.includes(path))
console.log(`${filename}: ${paths.length} files, ${(size / 1000).toFixed(1)} kB packed, ${(unpackedSize / 1000).toFixed(1)} kB unpacked`)
if (unexpected.length > 0) console.error(`not meant to be published: ${unexpected.join(', ')}`)
if (missing.length > 0) console.error(`missing: ${missing.join(', ')}`)
process.exitCode = unexpected.length + missing.length > 0 ? 1 : 0
