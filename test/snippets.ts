import { join } from 'node:path'
import ts from 'typescript'
import type { Block } from './documents'
import { root } from './support/root'

// What the pieces of programs in the documentation take for granted.
const GLOBALS = `
import type { FastifyInstance } from 'fastify'
import type { Page } from 'fastify-cors-policy/testing'
import 'fastify-cors-policy'
declare global {
  const app: FastifyInstance
  const page: Page
  const refusals: { increment (labels: Readonly<Record<string, string>>): void }
  function originsFromDatabase (): Promise<string[]>
}`

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts'],
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  types: ['node'],
  esModuleInterop: true,
  strict: true,
  skipLibCheck: true,
  noEmit: true
}

/** The errors of pieces of TypeScript, each a module of its own that uses the built package. */
export function typeErrors (blocks: readonly Block[]): string[] {
  const files = new Map([GLOBALS, ...blocks.map(({ code }) => `${code}\nexport {}`)].map((code, i) => [join(root, `snippet-${i}.mts`), code]))
  const host = ts.createCompilerHost(OPTIONS)
  const { fileExists, readFile } = host
  host.getCurrentDirectory = () => root
  host.fileExists = path => files.has(path) || fileExists(path)
  host.readFile = path => files.get(path) ?? readFile(path)
  host.getSourceFile = (path, version) => {
    const text = host.readFile(path)
    return text === undefined ? undefined : ts.createSourceFile(path, text, version)
  }
  const names = [...files.keys()]
  const program = ts.createProgram(names, OPTIONS, host)
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) =>
    `${blocks[names.indexOf(file?.fileName ?? '') - 1]?.at ?? file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)
}

/** The errors of pieces of JavaScript that are not whole programs: only whether they can be read. */
export function syntaxErrors (blocks: readonly Block[]): string[] {
  return blocks.flatMap(({ at, code }) => (ts.transpileModule(code, { reportDiagnostics: true, compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext } }).diagnostics ?? [])
    .map(({ messageText }) => `${at}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`))
}
