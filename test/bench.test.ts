import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { section } from './readme'
import { root } from './support/root'

interface Answer {
  readonly peer: string
  readonly case: string
  readonly fault: string | null
}

const bench = join(root, 'bench')

/** Runs `node bench` with the built package, without what makes tap measure coverage in child processes. */
function run (...args: string[]) {
  const command = 'unset NODE_V8_COVERAGE NODE_OPTIONS; exec "$0" "$@"'
  return spawnSync('sh', ['-c', command, process.execPath, bench, ...args], { encoding: 'utf8' })
}

const answers = JSON.parse(run('answers').stdout) as Answer[] // as bench/answers.js makes them

const casesOf = (peer: string): string[] => [...new Set(answers.filter(answer => answer.peer === peer).map(answer => answer.case))]

const PREFLIGHT_OF_REFUSED = 'preflight, refused'
const EXPLICIT = 'access-control-allow-headers: content-type,authorization; access-control-allow-methods: GET,PUT,DELETE; access-control-max-age: 600'
const VARIES_BY_NAMES = 'vary: Origin, Access-Control-Request-Headers'

/** What the peers answer otherwise than the case says: the benchmark names it beside their times. */
const others: Answer[] = [
  { peer: '@fastify/cors', case: PREFLIGHT_OF_REFUSED, fault: `status 204, not 403; ${EXPLICIT.replaceAll(/,(?=\w)/g, ', ')}` },
  { peer: 'Express + cors', case: PREFLIGHT_OF_REFUSED, fault: `status 204, not 403; ${EXPLICIT}` },
  { peer: 'Hono + hono/cors', case: 'preflight, explicit lists', fault: VARIES_BY_NAMES },
  { peer: 'Hono + hono/cors', case: PREFLIGHT_OF_REFUSED, fault: `status 204, not 403; ${EXPLICIT}; ${VARIES_BY_NAMES}` },
  { peer: 'Hono + hono/cors', case: 'preflight, methods by route', fault: VARIES_BY_NAMES },
  { peer: 'Koa + @koa/cors', case: 'GET under *', fault: 'vary: Origin' },
  { peer: 'Koa + @koa/cors', case: 'GET under *, without Origin', fault: 'vary: Origin' },
  { peer: 'Koa + @koa/cors', case: PREFLIGHT_OF_REFUSED, fault: 'status 404, not 403' },
  { peer: 'Koa + @koa/cors', case: 'preflight, any header, credentials', fault: 'vary: Origin' }
]

t.test('every peer of the benchmark answers right in every case, but for what is known', async t => {
  t.strictSame(answers.filter(({ fault }) => fault !== null), others)
})

t.test('every peer is timed in the same cases', async t => {
  const cases = casesOf('bare Fastify')
  t.equal(cases.length, 11)
  for (const peer of new Set(answers.map(answer => answer.peer))) t.strictSame(casesOf(peer).slice(0, cases.length), cases, peer)
})

t.test('the allocations of every case are recorded', async t => {
  const { bytes } = JSON.parse(readFileSync(join(bench, 'allocations.json'), 'utf8')) as { bytes: Record<string, number> } // as it is recorded
  t.strictSame(Object.keys(bytes), casesOf('bare Fastify'))
})

t.test('the tables of the README have the cases of the benchmark for rows', async t => {
  const [times, added] = tablesOf(section('What it costs'))
  const cases = casesOf('bare Fastify')
  t.strictSame(times, cases)
  t.strictSame(added, [...cases, 'all together, geometric mean'])
})

/** The first cells of the rows of each table whose first column is the case. */
function tablesOf (text: string): string[][] {
  return text.split('\n\n')
    .map(block => block.split('\n').filter(line => line.startsWith('|')).map(line => line.split('|')[1]?.trim() ?? ''))
    .filter(([column]) => column === 'case')
    .map(rows => rows.slice(2))
}

t.test('the benchmark says what it can do, and fails when asked for anything else', async t => {
  t.match(run('--help'), { status: 0, stdout: /npm run bench -- \[what\] \[options\]\n[^]*--against <revision>/ })
  t.match(run('no-such-thing'), { status: 1, stderr: /there is no benchmark "no-such-thing"/ })
})
