import { Value } from '@sinclair/typebox/value'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import t from 'tap'
import { type Scalar, checks, declared } from '../../lib/options/checks'
import { checkOptions } from '../../lib/options/parse'
import type { Given } from '../../lib/options/schema'
import { WITHOUT_COVERAGE } from '../support/without-coverage'
import { properties } from './properties'

const folder = join(process.cwd(), 'lib', 'options') // the sources, wherever this test was compiled to

t.test('checks.ts is what `npm run checks` writes', async t => {
  const written = execFileSync('sh', ['-c', WITHOUT_COVERAGE, process.execPath, join(folder, 'write-checks.js'), '--print'], { encoding: 'utf8' })
  t.equal(readFileSync(join(folder, 'checks.ts'), 'utf8'), written)
})

const values: readonly unknown[] = [
  undefined, null, true, false, 0, -1, 1, 0.5, NaN, Infinity, 199, 200, 299, 300, 86400, 86401, '', '*', 'unsafe', 'all', 'true', 'trace', 'silent', 'loud',
  /a/, () => true, [], ['a'], ['a', /a/], [/a/], [1], ['a', null], {}, { nullOrigin: true }, { nullOrigin: 1 }, { own: true }, { unsafeRegex: undefined },
  ...['anyOriginWithCredentials', 'insecureOrigins', 'publicSuffixOrigins', 'unsafeRegex'].flatMap(key => [{ [key]: true }, { [key]: 1 }])
]

t.test('each check takes what the interpreter of TypeBox takes', async t => {
  for (const key of Object.keys(checks) as Scalar[]) {
    const taken = values.filter(value => checks[key](value))
    t.strictSame(taken, values.filter(value => Value.Check(properties[key], value)), key)
    t.ok(taken.length > 0 && taken.length < values.length, `${key} takes some, and not all`)
  }
})

t.test('a registration refuses what the schema refuses', async t => {
  for (const [key, schema] of Object.entries(properties)) {
    const refused = values.filter(value => value !== undefined && !Value.Check(schema, value))
    t.ok(refused.length > 5, key)
    for (const value of refused) t.ok(checkOptions({ [key]: value }).some(({ pointer }) => pointer.startsWith(`/${key}`)), `${key}: ${inspect(value)}`)
  }
})

t.test('what is declared of an option is what its schema has', async t => {
  t.strictSame(Object.keys(declared), Object.keys(properties))
  for (const [key, { places, ...facts }] of Object.entries(declared)) {
    const { expects, default: value } = properties[key as keyof Given]
    t.match(facts, { expects, ...value !== undefined && { default: value } }, key)
    t.match(places, ['registration'], 'every option is one of a registration')
  }
})
