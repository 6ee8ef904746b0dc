import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { root } from './support/root'
import { WITHOUT_COVERAGE } from './support/without-coverage'

const bench = join(root, 'bench')

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
}

// These have no types: the bench is plain JavaScript.
const { fault } = require(join(bench, 'answers')) as { fault: (right: Answer, answer: Answer & { body: string }) => string }
const { cases } = require(join(bench, 'cases')) as { cases: { name: string }[] }

/** Runs `node bench` with the built package, without what makes tap measure coverage in child processes. */
function run (...args: string[]) {
  return spawnSync('sh', ['-c', WITHOUT_COVERAGE, process.execPath, bench, ...args], { encoding: 'utf8' })
}

t.test('every contender answers every case correctly', async t => {
  t.match(run('answers'), { status: 0, stdout: `64 of 64 right: 4 contenders in ${cases.length} cases` })
})

t.test('a wrong answer is told from a right one', async t => {
  const right = { status: 204, headers: { vary: 'Origin', 'access-control-allow-methods': 'GET, PUT' } }
  const answer = { ...right, body: '' }
  t.equal(fault(right, answer), '')
  t.equal(fault(right, { ...answer, headers: { ...right.headers, 'access-control-allow-methods': 'PUT,GET', date: 'today' } }), '')
  t.equal(fault(right, { ...answer, status: 200 }), 'status 200, not 204')
  t.equal(fault(right, { ...answer, body: 'ok' }), 'body: ok')
  t.equal(fault(right, { ...answer, headers: { vary: 'Origin' } }), 'no access-control-allow-methods')
  t.equal(fault(right, { ...answer, headers: { ...right.headers, 'access-control-max-age': '5' } }), 'access-control-max-age: 5')
})

t.test('a brief run times each contender', async t => {
  const { status, stdout } = run('micro', '--brief')
  t.equal(status, 0)
  t.match(stdout, /^case +bare Fastify +\+ by hand +\+ @fastify\/cors +\+ fastify-cors-policy +of by hand +of @fastify\/cors$/m)
  t.match(stdout, /^all cases: \S+ \(.*\) of by hand, \S+ \(.*\) of @fastify\/cors$/m)
})

t.test('the allocations of every case are recorded', async t => {
  const { bytes } = JSON.parse(readFileSync(join(bench, 'allocations.json'), 'utf8')) as { bytes: Record<string, number> } // as it is recorded
  t.strictSame(Object.keys(bytes), cases.map(({ name }) => name))
})

t.test('the benchmark says what it can do, and fails when asked for anything else', async t => {
  t.match(run('--help'), { status: 0, stdout: /npm run bench -- \[what\] \[options\]\n[^]*--against <revision>/ })
  t.match(run('no-such-thing'), { status: 1, stderr: /there is no benchmark "no-such-thing"/ })
})
