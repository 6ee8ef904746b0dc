import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Fastify from 'fastify'
import type { FastifyRequest } from 'fastify'
import t from 'tap'
import corsPlugin from '..'
import * as errors from '../lib/errors'
import { escapeOf } from '../lib/options/problems'
import type { Code } from '../lib/options/problems'
import * as schema from '../lib/options/schema'
import { problemCodes } from '../lib/options/texts'
import { parseOptions } from '../lib/options/parse'
import { compile } from '../lib/policy/compile'
import { isAllowed } from '../lib/policy/decide'
import * as testing from '../lib/testing'
import { properties } from './options/properties'
import { blocks, codes, documents, evaluate, examples, manifest, pagesIn, read, readme, run, section, send, tables } from './documents'
import type { Example, Row } from './documents'
import { fault, linksOf, targetOf } from './links'
import { COMMAND, readTable, table } from './plugins/table'
import { syntaxErrors, typeErrors } from './snippets'
import { logLines } from './support/exchange'
import { root } from './support/root'

function only (rows: Row[][]): Row[] {
  const [first] = rows
  if (first === undefined || rows.length > 1) throw new Error(`there are ${rows.length} such tables`)
  return first
}

function first (row: Row, column: string): string {
  return codes(row[column])[0] ?? ''
}

/** The example of the README that the other pages refer to. */
function firstExample (): Example {
  const [example] = examples()
  if (example === undefined) throw new Error('there is no example')
  return example
}

/** A value as its literal in the documentation. */
function literal (value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value)
}

t.test('the table of options has every option of the schema, and no other', async t => {
  const rows = only(tables('option', 'type', 'default'))
  t.same(rows.map(row => first(row, 'option')).sort(), Object.keys(properties).sort())
})

t.test('the table of options has the defaults of the schema', async t => {
  for (const row of only(tables('option', 'type', 'default'))) {
    const key = first(row, 'option')
    const schema = properties[key as keyof typeof properties]
    t.equal(first(row, 'default'), schema.default === undefined ? '' : literal(schema.default), key)
  }
})

t.test('the table of options has the limits of the schema', async t => {
  for (const row of only(tables('option', 'type', 'default'))) {
    const { minimum, maximum } = properties[first(row, 'option') as keyof typeof properties]
    if (maximum !== undefined) t.match(row.type, `integer from ${minimum} to ${maximum}`)
  }
})

t.test('the table of escapes has every key of dangerously, with its default', async t => {
  const rows = only(tables('key', 'default'))
  const schema = properties.dangerously.properties as Record<string, { default: unknown }>
  const documented = Object.fromEntries(rows.map(row => [first(row, 'key'), first(row, 'default')]))
  t.same(documented, Object.fromEntries(Object.entries(schema).map(([key, each]) => [key, literal(each.default)])))
})

t.test('the table of exports has every export, and no other', async t => {
  // fastify-plugin adds the plugin's name in camel case, for module systems that it does not name.
  const names = Object.keys(corsPlugin).filter(name => name !== 'fastifyCorsPolicy')
  t.same(only(tables('export')).map(row => first(row, 'export')).sort(), names.sort())
  t.same(only(tables('export of `/schema`')).map(row => first(row, 'export of `/schema`')).sort(), Object.keys(schema).sort())
})

t.test('the types of the module are listed', t => {
  const [, list = ''] = /The module also has the types ([^]*?)\n\n/.exec(section(read('docs/options.md'), 'Exports')) ?? []
  const listed = codes(list.split('. It types')[0]).map(name => name.replace(/^(?:corsPlugin)?\./, ''))
  t.same(listed.sort(), [...readFileSync(join(root, 'index.ts'), 'utf8').matchAll(/^ {2}export type (\w+)/gm)].map(([, name]) => name).sort())
  t.end()
})

t.test('every method of app.cors is documented', async t => {
  const app = await run(firstExample())
  t.teardown(() => app.close())
  for (const name of Object.keys(app.cors)) t.ok(documents.some(({ text }) => text.includes(`app.cors.${name}`)), name)
})

t.test('the table of problems has every code once, with the escape that lifts it', async t => {
  const rows = only(tables('code', 'what is refused'))
  t.same(rows.map(row => first(row, 'code')).sort(), [...problemCodes].sort())
  for (const row of rows) {
    const code = first(row, 'code')
    t.equal(first(row, 'lifted by'), escapeOf(code.replace('FST_CORS_', '') as Code) ?? '', code)
  }
})

t.test('the table of errors has every code once, with its status', async t => {
  const thrown = Object.values(errors).map(AnyError => new AnyError('', ''))
  const rows = only(tables('code', 'status'))
  t.same(rows.map(row => `${first(row, 'code')} ${row.status}`).sort(), thrown.map(error => `${error.code} ${error.statusCode}`).sort())
})

t.test('every code that the text mentions exists', async t => {
  const known = [...problemCodes, ...only(tables('code', 'status')).map(row => first(row, 'code'))]
  for (const { path, text } of checked) for (const code of new Set(text.match(/FST_CORS_[A-Z0-9_]+[A-Z0-9]/g))) t.ok(known.includes(code), `${path}: ${code}`)
})

t.test('the tables of what explain is asked and answers have its keys', async t => {
  const app = await run(firstExample())
  t.teardown(() => app.close())
  const asked = only(tables('asked for', 'type')).map(row => first(row, 'asked for'))
  // An unknown key is told which ones there are.
  await t.rejects(app.cors.explain({ origin: 'null', url: '/', qqqqqqqqqqqq: 1 } as never), { message: new RegExp(asked.join('.*')) })
  const url = '/users/42'
  const blocked = await app.cors.explain({ origin: 'https://evil.test', url })
  t.same(only(tables('answered')).map(row => first(row, 'answered')).sort(), Object.keys(blocked).sort())
})

t.test('what app.cors.print() is said to print is what it prints', async t => {
  const app = await run(firstExample())
  t.teardown(() => app.close())
  t.equal(blocks('text', [read('docs/explain.md')])[0]?.code, app.cors.print())
})

t.test('the line of the log is what is logged', async t => {
  const { lines, stream } = logLines()
  const app = Fastify({ logger: { level: 'info', stream } })
  app.register(corsPlugin, { origin: ['https://app.example.com', 'https://*.example.org', 'http://localhost:*'], credentials: true })
  app.put('/users/:id', async () => 'done')
  await app.inject({ method: 'OPTIONS', url: '/users/42?token=1', headers: { origin: 'http://app.example.com', 'access-control-request-method': 'PUT' } })
  const { time, pid, hostname, ...line } = lines.find(({ code }) => code !== undefined) ?? { time: 0, pid: 0, hostname: '', level: 0, msg: '' }
  t.equal(blocks('json lines')[0]?.code, `${JSON.stringify(line)}\n`)
})

t.test('the test that is shown passes', async t => {
  const tests: [string, () => Promise<void>][] = []
  const build = async () => {
    const app = Fastify()
    await app.register(corsPlugin, { origin: ['https://app.example.com'], credentials: true, maxAge: 600 })
    app.put('/users/:id', async (request, reply) => {
      reply.header('x-internal', '1')
      return { ...request.params as object, ...request.body as object }
    })
    return app
  }
  const modules = { 'node:assert/strict': assert, 'node:test': { test: (name: string, fn: () => Promise<void>) => { tests.push([name, fn]) } }, 'fastify-cors-policy/testing': testing, './app.js': { build } }
  await evaluate(blocks('javascript').find(({ code }) => code.includes("'node:test'"))?.code ?? '', modules)
  t.equal(tests.length, 1)
  for (const [name, fn] of tests) await t.resolves(fn(), name)
})

t.test('the table of dependencies has those of package.json, peers included', async t => {
  const rows = only(tables('package', 'why'))
  const wanted = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
  t.same(rows.map(row => first(row, 'package')).sort(), wanted.sort())
})

t.test('the table of what runs beside has what is run, in the versions that are installed', async t => {
  t.equal(readTable(), table(), `it is written by ${COMMAND}`)
})

t.test('the commands are scripts of package.json', async t => {
  for (const command of ['npm ci && npm start', 'npm ci && npm test']) {
    t.ok(section(readme, 'Try it').includes(`\`${command}\``), command)
    t.ok(Object.hasOwn(manifest.scripts, command.split(' ').at(-1) ?? ''), command)
  }
})

t.test('origins are allowed as the table of patterns says', async t => {
  for (const row of tables('`origin`', 'allows').flat()) {
    const text = first(row, '`origin`')
    const policy = compile(parseOptions({ origin: valueOf(text) }))
    const verdict = async (origin: string) => isAllowed(policy, origin, {} as FastifyRequest) // none of these asks a function
    for (const origin of codes(row.allows)) t.equal(await verdict(origin), true, `${text} allows ${origin}`)
    for (const origin of codes(row['does not allow'])) t.equal(await verdict(origin), false, `${text} does not allow ${origin}`)
  }
})

/** The value of an `origin` as the table writes it. */
function valueOf (text: string): unknown {
  if (text.startsWith('/')) return new RegExp(text.slice(1, -1))
  return text.startsWith("'") ? text.slice(1, -1) : JSON.parse(text)
}

t.test('what other packages have is mapped to options that exist', async t => {
  const maps = tables('there', 'here')
  t.equal(maps.length, 4)
  for (const row of maps.flat()) {
    for (const code of codes(row.here)) {
      const [, key] = /^([a-zA-Z]+)(?::|$)/.exec(code) ?? []
      if (key !== undefined && key !== 'config') t.ok(Object.hasOwn(properties, key), code)
    }
  }
})

t.test('origins that other packages are mapped to are valid', async t => {
  for (const row of tables('there', 'here').flat()) {
    for (const [, value = ''] of codes(row.here).join('\n').matchAll(/^origin: ((?:'[^']*'|\[['][^\]]*\]))$/gm)) {
      t.doesNotThrow(() => parseOptions({ origin: JSON.parse(value.replaceAll("'", '"')) }), value)
    }
  }
})

t.test('every option of @fastify/cors has a row', async t => {
  const types = readFileSync(require.resolve('@fastify/cors/types/index.d.ts'), 'utf8')
  const body = /interface FastifyCorsOptions \{([^]*?)\n {2}\}/.exec(types)?.[1] ?? ''
  const keys = [...body.matchAll(/^ {4}(\w+)\?:/gm)].map(([, key]) => key ?? '')
  t.ok(keys.length > 10, 'its types are read')
  const there = section(read('docs/migrating.md'), 'From @fastify/cors')
  for (const key of [...keys, 'hook']) t.match(there, new RegExp(`^\\| \`${key}\\b`, 'm'), key)
})

t.test('what the README says how to write is accepted', t => {
  const rows = only(tables('you want to', 'write'))
  const written = rows.map(row => first(row, 'write')).filter(code => /^(?:\{|config: )/.test(code))
  t.ok(written.length >= 8)
  for (const code of written) t.strictSame(corsPlugin.check(optionsOf(code)), [], code)
  t.end()
})

/** Options, or the `config.cors` of a route, as they are written. */
function optionsOf (code: string): unknown {
  // eslint-disable-next-line no-new-func
  const value = new Function(`return (${code.startsWith('{') ? code : `{ ${code} }`})`)() as { config?: { cors: unknown } }
  const options = value.config === undefined ? value : value.config.cors
  return options === false ? { origin: false } : options // as which a route takes it
}

t.test('the README is short', t => {
  const lines = readme.text.split('\n')
  t.ok(lines.length <= 301, 'it has at most 300 lines')
  t.strictSame(lines.filter(line => line.length > 200 && !line.includes('<br>')), [])
  t.end()
})

const checked = [...documents, ...pagesIn('docs/recipes'), ...['CHANGELOG.md', 'SECURITY.md', 'bench/README.md', 'examples/README.md', 'lib/README.md', 'test/README.md'].map(read)]

t.test('every link leads to a file and a heading', t => {
  t.strictSame(checked.flatMap(document => linksOf(document).flatMap(link => fault(document, link) ?? [])), [])
  t.end()
})

t.test('the README leads to every page, and the index of recipes to each of them', t => {
  const linked = (path: string) => linksOf(read(path)).map(link => targetOf(read(path), link))
  t.strictSame(pagesIn('docs').map(({ path }) => path).filter(path => !linked('README.md').includes(path)), [])
  t.strictSame(pagesIn('docs/recipes').map(({ path }) => path).filter(path => path !== 'docs/recipes/README.md' && !linked('docs/recipes/README.md').includes(path)), [])
  t.end()
})

t.test('pieces of TypeScript compile, and pieces of JavaScript can be read', t => {
  t.strictSame(typeErrors(blocks('ts')), [])
  t.strictSame(syntaxErrors([...blocks('javascript'), ...blocks('(?:js|ts|javascript|typescript)', pagesIn('docs/recipes'))]), [])
  t.strictSame(blocks('(?:mjs|cjs|jsx|tsx|typescript)'), [], 'only the languages that are checked')
  t.end()
})

t.test('every example boots, and answers as it promises', async t => {
  t.ok(examples().length >= 9)
  for (const example of examples()) {
    await t.test(example.at, async t => {
      t.ok(example.promised.length > 0, 'it promises something')
      const app = await run(example)
      t.teardown(() => app.close())
      for (const promised of example.promised) {
        const { statusCode, headers } = await send(app, promised)
        const named = `${promised.kind} ${promised.method} ${promised.url} from ${promised.origin}`
        t.equal(statusCode, promised.status, named)
        if (promised.kind === 'preflight') t.equal(headers['access-control-allow-origin'] !== undefined, promised.status === 204, `${named}: Access-Control-Allow-Origin`)
      }
    })
  }
})

t.test('the answers that are shown are those that the first example gives', async t => {
  const example = firstExample()
  const [, , refused] = example.promised
  if (refused === undefined) return t.fail('there is no such promise')
  const app = await run(example)
  t.teardown(() => app.close())

  const accepted = await send(app, { ...refused, origin: 'https://app.example.com' }, 'authorization')
  const [status, ...shown] = (blocks('http')[0]?.code ?? '').trim().split('\n')
  t.equal(status, `HTTP/1.1 ${accepted.statusCode} ${accepted.statusMessage}`)
  const sent = Object.entries(accepted.headers).filter(([name]) => name !== 'date' && name !== 'connection')
  t.same(shown.sort(), sent.map(([name, value]) => `${name}: ${String(value)}`).sort())

  t.equal((await send(app, refused)).body, (blocks('json')[0]?.code ?? '').trim())
})
