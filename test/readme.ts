import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import ts from 'typescript'
import corsPlugin from '..'
import { root } from './support/root'

export const readme = readFileSync(join(root, 'README.md'), 'utf8')

export const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  name: string
  scripts: Record<string, string>
  dependencies: Record<string, string>
  peerDependencies: Record<string, string>
}

/** A row of a table, by the names of its columns. */
export type Row = Readonly<Record<string, string>>

/** The rows of the tables whose first columns have these names, in order. */
export function tables (...columns: string[]): Row[][] {
  const found: Row[][] = []
  const lines = readme.split('\n')
  for (const [i, line] of lines.entries()) {
    if (!/^\| *-/.test(lines[i + 1] ?? '')) continue
    const names = cells(line)
    if (columns.some((column, at) => names[at] !== column)) continue
    const end = lines.findIndex((each, at) => at > i && !each.startsWith('|'))
    found.push(lines.slice(i + 2, end).map(each => rowOf(names, cells(each))))
  }
  return found
}

function cells (line: string): string[] {
  return line.split('|').slice(1, -1).map(cell => cell.trim())
}

function rowOf (names: readonly string[], values: readonly string[]): Row {
  if (values.length !== names.length) throw new Error(`README: this row has ${values.length} cells, not ${names.length}: ${values.join(' | ')}`)
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']))
}

/** What stands between backticks. */
export function codes (cell = ''): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? '')
}

/** The text from a heading up to the next of the same level. */
export function section (heading: string): string {
  const start = readme.indexOf(`\n## ${heading}\n`)
  if (start === -1) throw new Error(`README: there is no section "${heading}"`)
  return readme.slice(start, readme.indexOf('\n## ', start + 1))
}

/** The contents of all blocks in this language. */
export function blocks (language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'gm'))].map(([, code]) => code ?? '')
}

/** A preflight and the status that the README promises for it. */
export interface Promised {
  readonly method: string
  readonly url: string
  readonly origin: string
  readonly host: string | undefined
  readonly status: number
}

export interface Example {
  readonly name: string
  readonly code: string
  readonly promised: readonly Promised[]
}

/** The complete examples, each with the comments before it that say what it answers. */
export function examples (): Example[] {
  return [...readme.matchAll(/((?:^<!--.*-->\n)*)^```js\n([^]*?)^```$/gm)].map(([, comments = '', code = ''], i) => ({
    name: `example ${i + 1}: ${code.split('\n').find(line => line.includes('corsPlugin,'))?.trim() ?? ''}`,
    code,
    promised: comments.split('\n').filter(Boolean).map(promise)
  }))
}

function promise (comment: string): Promised {
  const [, method, url, origin, host, status] = /^<!-- preflight: (\S+) (\S+) from (\S+)(?: at (\S+))? gets (\d+) -->$/.exec(comment) ?? []
  if (method === undefined || url === undefined || origin === undefined) throw new Error(`README: no preflight: ${comment}`)
  return { method, url, origin, host, status: Number(status) }
}

/** Runs an example against the sources. It boots, but does not listen or log. */
export async function run ({ code }: Example): Promise<FastifyInstance> {
  const apps: FastifyInstance[] = []
  const quiet = (options: FastifyServerOptions) => {
    const app = Fastify({ ...options, logger: false })
    app.listen = (async () => { await app.ready() }) as unknown as typeof app.listen // whatever it returns, no example uses it
    apps.push(app)
    return app
  }
  await evaluate(code, { fastify: quiet, [manifest.name]: corsPlugin })
  const [app] = apps
  if (app === undefined || apps.length > 1) throw new Error(`README: an example creates ${apps.length} applications`)
  return app
}

/** Runs a module whose imports are these. */
export async function evaluate (code: string, modules: Readonly<Record<string, unknown>>): Promise<void> {
  const load = (name: string) => {
    if (!Object.hasOwn(modules, name)) throw new Error(`README: an example imports ${name}`)
    return modules[name]
  }
  const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true }
  const { outputText } = ts.transpileModule(code, { compilerOptions: options })
  // eslint-disable-next-line no-new-func
  await new Function('require', 'exports', `return (async () => { ${outputText}\n })()`)(load, {})
}

export async function preflight (app: FastifyInstance, { method, url, origin, host }: Promised, names?: string) {
  const asked = names === undefined ? {} : { 'access-control-request-headers': names }
  const to = host === undefined ? {} : { host }
  return app.inject({ method: 'OPTIONS', url, headers: { origin, 'access-control-request-method': method, ...asked, ...to } })
}
