import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyPluginAsync, FastifyServerOptions } from 'fastify'
import fp from 'fastify-plugin'
import ts from 'typescript'
import corsPlugin from '..'
import { root } from './support/root'

export interface Document {
  /** Its path within the repository. */
  readonly path: string
  readonly text: string
}

export function read (path: string): Document {
  return { path, text: readFileSync(join(root, path), 'utf8') }
}

export const readme = read('README.md')

/** The README and the pages of docs/. */
export const documents: readonly Document[] = [readme, ...pagesIn('docs')]

/** The pages of a folder, without those of the folders in it. None if there is no such folder: a link to it then leads nowhere. */
export function pagesIn (folder: string): Document[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder)).filter(name => name.endsWith('.md')).sort().map(name => read(`${folder}/${name}`))
}

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
  return documents.flatMap(document => tablesOf(document, columns))
}

function tablesOf ({ path, text }: Document, columns: readonly string[]): Row[][] {
  const found: Row[][] = []
  const lines = text.split('\n')
  for (const [i, line] of lines.entries()) {
    if (!/^\| *-/.test(lines[i + 1] ?? '')) continue
    const names = cells(line)
    if (columns.some((column, at) => names[at] !== column)) continue
    const end = lines.findIndex((each, at) => at > i && !each.startsWith('|'))
    found.push(lines.slice(i + 2, end).map(each => rowOf(path, names, cells(each))))
  }
  return found
}

function cells (line: string): string[] {
  return line.split('|').slice(1, -1).map(cell => cell.trim())
}

function rowOf (path: string, names: readonly string[], values: readonly string[]): Row {
  if (values.length !== names.length) throw new Error(`${path}: this row has ${values.length} cells, not ${names.length}: ${values.join(' | ')}`)
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']))
}

/** What stands between backticks. */
export function codes (cell = ''): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? '')
}

/** The text of a document from a heading up to the next of the same level. */
export function section ({ path, text }: Document, heading: string): string {
  const start = text.indexOf(`\n## ${heading}\n`)
  if (start === -1) throw new Error(`${path}: there is no section "${heading}"`)
  const end = text.indexOf('\n## ', start + 1)
  return text.slice(start, end === -1 ? undefined : end)
}

export interface Block {
  /** The document and the line where it starts. */
  readonly at: string
  readonly code: string
}

/** All blocks in this language. */
export function blocks (language: string, among: readonly Document[] = documents): Block[] {
  return among.flatMap(({ path, text }) => [...text.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'gm'))]
    .map(({ index, 1: code = '' }) => ({ at: `${path}:${lineAt(text, index)}`, code })))
}

function lineAt (text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}

/** A request, and the status that a document promises for it. */
export interface Promised {
  readonly kind: 'preflight' | 'request'
  readonly method: string
  readonly url: string
  readonly origin: string
  readonly host: string | undefined
  readonly status: number
}

export interface Example extends Block {
  readonly promised: readonly Promised[]
}

/** The complete examples, each with the comments before it that say what it answers. */
export function examples (): Example[] {
  return documents.flatMap(({ path, text }) => [...text.matchAll(/((?:^<!--.*-->\n)*)^```js\n([^]*?)^```$/gm)]
    .map(({ index, 1: comments = '', 2: code = '' }) => ({
      at: `${path}:${lineAt(text, index)}`,
      code,
      promised: comments.split('\n').filter(Boolean).map(comment => promise(path, comment))
    })))
}

function promise (path: string, comment: string): Promised {
  const [, kind, method, url, origin, host, status] = /^<!-- (preflight|request): (\S+) (\S+) from (\S+)(?: at (\S+))? gets (\d+) -->$/.exec(comment) ?? []
  if (method === undefined || url === undefined || origin === undefined) throw new Error(`${path}: this promises nothing: ${comment}`)
  return { kind: kind as Promised['kind'], method, url, origin, host, status: Number(status) }
}

/** Runs an example against the sources. It boots, but does not listen or log. A file of a plugin gets an application, with a route beside it. */
export async function run ({ at, code }: Example): Promise<FastifyInstance> {
  const apps: FastifyInstance[] = []
  const quiet = (options: FastifyServerOptions) => {
    const app = Fastify({ ...options, logger: false })
    app.listen = (async () => { await app.ready() }) as unknown as typeof app.listen // whatever it returns, no example uses it
    apps.push(app)
    return app
  }
  const { default: plugin } = await evaluate(code, { fastify: quiet, 'fastify-plugin': fp, [manifest.name]: corsPlugin })
  if (typeof plugin === 'function') await quiet({}).register(plugin as FastifyPluginAsync).register(async beside => { beside.get('/users', async () => []) }).ready()
  const [app] = apps
  if (app === undefined || apps.length > 1) throw new Error(`${at}: it creates ${apps.length} applications`)
  return app
}

/** Runs a module with these imports, and returns its exports. */
export async function evaluate (code: string, modules: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>> {
  const load = (name: string) => {
    if (!Object.hasOwn(modules, name)) throw new Error(`an example imports ${name}`)
    return modules[name]
  }
  const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true }
  const { outputText } = ts.transpileModule(code, { compilerOptions: options })
  const exports = {}
  // eslint-disable-next-line no-new-func
  await new Function('require', 'exports', `return (async () => { ${outputText}\n })()`)(load, exports)
  return exports
}

export async function send (app: FastifyInstance, { kind, method, url, origin, host }: Promised, names?: string) {
  const to = { origin, ...host !== undefined && { host } }
  if (kind === 'request') return await app.inject({ method: method as 'GET', url, headers: to })
  const asked = names === undefined ? {} : { 'access-control-request-headers': names }
  return await app.inject({ method: 'OPTIONS', url, headers: { 'access-control-request-method': method, ...asked, ...to } })
}
