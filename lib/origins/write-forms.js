'use strict'

// Writes form-tables.ts, the automata of the forms of origins: `npm run forms`. With `--print`, prints what it would write.
// To make them takes a tenth of a second, which is most of what an application with one RegExp would wait for.

const { writeFileSync } = require('node:fs')
const { join } = require('node:path')
require('../require-typescript')

const { difference, intersection } = require('./automaton/product.ts')
const { minimize } = require('./automaton/minimize.ts')
const { readDfa } = require('./automaton/read.ts')
const { packed } = require('./automaton/packed.ts')

const port = '(?::(?:[1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d\\d|655[0-2]\\d|6553[0-5]))?'
const byte = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const ipv4 = `${byte}(?:\\.${byte}){3}`
const group = '(?:0|[1-9a-f][\\da-f]{0,3})'
// How many groups stand beside a `::` is not counted: no RegExp asks, and it would take 300 states.
const ipv6 = `\\[(?:${group}(?::${group}){7}|(?:${group}(?::${group})*)?::(?:${group}(?::${group})*)?)\\]`
// A name whose last label is a number is read as an IPv4 address (URL Standard, "ends in a number checker").
const name = '(?:[\\w-]+\\.)*\\d*[a-z_-][\\w-]*\\.?'

const web = difference(form(`^https?://(?:${name}|${ipv4}|${ipv6})${port}$`), form('^(?:http:.*:80|https:.*:443)$'))
const otherSchemes = difference(form(`^[a-z][a-z\\d+.-]*://[\\w.-]+${port}$`), form('^(?:https?|file):'))
const loopback = form('^https?://(?:(?:[\\w-]+\\.)*localhost\\.?|127\\.[\\d.]+|\\[::1\\])(?::\\d+)?$')
const address = form('^https?://(?:\\d+\\.\\d+\\.\\d+\\.\\d+|\\[.*\\])(?::\\d+)?$')
const remote = difference(web, loopback)

const forms = {
  web,
  otherSchemes,
  any: either(web, otherSchemes),
  loopback,
  remoteNames: difference(remote, address),
  remoteAddresses: intersection(remote, address),
  remoteHttp: intersection(remote, form('^http:')),
  // RFC 1918, 3927, 4193, 4291
  privateAddress: form('^https?://(?:10\\.|192\\.168\\.|172\\.(?:1[6-9]|2\\d|3[01])\\.|169\\.254\\.|\\[f[cd]|\\[fe[89ab])')
}

function form (source) {
  return readDfa(new RegExp(source))
}

/** The texts that one of them accepts, or both: all but those that neither does. */
function either (a, b) {
  const all = form('^')
  return difference(all, difference(difference(all, a), b))
}

const source = `// Written by \`npm run forms\` from write-forms.js: change that.
export const tables = {
${Object.entries(forms).map(([name, dfa]) => `  ${name}: '${packed(minimize(dfa))}'`).join(',\n')}
} as const
`

if (process.argv.includes('--print')) process.stdout.write(source)
else writeFileSync(join(__dirname, 'form-tables.ts'), source)
