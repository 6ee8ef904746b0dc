'use strict'

// Writes checks.ts from schema.ts: `npm run checks`. With `--print`, prints what it would write.

const { writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { TypeCompiler } = require('@sinclair/typebox/compiler')
require('../require-typescript')
const { optionsSchema, requestSchema, routeSchema } = require('./schema.ts')

const schemas = { registration: optionsSchema, route: routeSchema, delegator: requestSchema }
const options = Object.entries(optionsSchema.properties)
// What is wrong with an item is said of that item, so lists and objects have rules of their own.
const scalars = options.filter(([, schema]) => ['items', 'properties'].every(part => !(part in parts(schema))))

function source () {
  return `// Written by \`npm run checks\` from schema.ts: change that.
/* eslint-disable */
import { kinds } from './kinds'
import type { Given } from './schema'

/** What the schema says of each option: who may give it, the words for what it takes, its default and limits. */
export const declared = {
${options.map(declaration).join(',\n')}
} as const

/** The options that are not lists or objects. */
export type Scalar = ${scalars.map(([key]) => `'${key}'`).join(' | ')}

/** Whether the schema takes a value: the code of TypeBox's compiler, whose \`any\` it is. */
export const checks: { readonly [K in Scalar]: (value: unknown) => value is Given[K] } = {
${scalars.map(check).join(',\n')}
}
`
}

function declaration ([key, schema]) {
  const places = Object.keys(schemas).filter(place => Object.hasOwn(schemas[place].properties, key))
  return `  ${key}: ${JSON.stringify({ places, ...facts(schema), ...parts(schema) })}`
}

function facts ({ expects, default: value, minimum, maximum }) {
  return { expects, default: value, minimum, maximum }
}

/** What is said of the items of a list, of the literals of a union, of the keys of an object. */
function parts ({ anyOf = [], items = anyOf.find(each => each.items !== undefined)?.items, properties }) {
  const literals = anyOf.filter(each => each.const !== undefined).map(each => each.const)
  return {
    ...items && { items: facts(items) },
    ...literals.length > 0 && { values: literals },
    ...properties && { properties: Object.fromEntries(Object.entries(properties).map(([key, schema]) => [key, facts(schema)])) }
  }
}

function check ([key, schema]) {
  const code = TypeCompiler.Code(schema, { language: 'typescript' })
    .replace('return function check(value: any): boolean', `${key} (value: any): value is Given['${key}']`)
    .replaceAll('const value: any of', 'const value of') // a `for` takes no type
    .replaceAll(/kind\('(\w+)', \d+, value\)/g, 'kinds.$1(value)')
  return code.replaceAll(/^/gm, '  ')
}

if (process.argv.includes('--print')) process.stdout.write(source())
else writeFileSync(join(__dirname, 'checks.ts'), source())
