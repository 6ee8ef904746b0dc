import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import t from 'tap'
import { root } from './support/root'

/** What the modules of each folder, and a file beside the folders, may import; nothing looks back. */
const layers: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  protocol: [],
  origins: ['protocol'],
  options: ['errors', 'protocol', 'origins'],
  // What a response carries, and how it gets there.
  response: ['protocol'],
  policy: ['errors', 'protocol', 'origins', 'options', 'response'],
  // Who governs, then what a request meets.
  routing: ['errors', 'protocol', 'origins', 'options', 'policy', 'response'],
  server: ['errors', 'protocol', 'origins', 'options', 'policy', 'response', 'routing'],
  // The browser's side is an independent reading of the standard.
  browser: ['protocol'],
  // HTTP/1.1 as browsers read it, which the next two share.
  client: ['protocol', 'browser'],
  testing: ['protocol', 'browser', 'client'],
  // The command knows no application: it sends what a browser sends.
  command: ['protocol', 'browser', 'client'],
  // Where the server's side and the browser's meet.
  diagnose: ['errors', 'protocol', 'origins', 'options', 'policy', 'response', 'routing', 'server', 'browser'],
  'app-cors': ['errors', 'options', 'routing', 'server', 'diagnose']
}

const files = readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))

function importsOf (file: string): { readonly from: string, readonly typeOnly: boolean }[] {
  const text = readFileSync(join(root, 'lib', file), 'utf8')
  return [...text.matchAll(/^(?:import|export) (type )?[^;']*? from '([^']+)'$/gm)].map(([, type, from = '']) => ({ from, typeOnly: type !== undefined }))
}

function layerOf (file: string): string {
  return file.split(/[/.]/, 1)[0] ?? ''
}

t.test('imports point one way', async t => {
  for (const file of files) {
    const layer = layerOf(file)
    for (const { from, typeOnly } of importsOf(file)) {
      if (from.startsWith('.')) {
        const imported = layerOf(relative(join(root, 'lib'), resolve(root, 'lib', dirname(file), from)))
        t.ok(imported === layer || layers[layer]?.includes(imported), `${file} imports ${from}`)
      } else if (/^fastify/.test(from) && layer !== 'errors') {
        t.ok(typeOnly, `${file} imports ${from} at run time`)
      }
    }
  }
  t.same([...new Set(files.map(layerOf))].sort(), Object.keys(layers).sort(), 'every folder has its place')
})

t.test('lib/README.md has every folder, and each name in it is that of a file or a function', async t => {
  const text = readFileSync(join(root, 'lib/README.md'), 'utf8')
  const sources = files.map(file => readFileSync(join(root, 'lib', file), 'utf8')).join('\n')
  for (const layer of Object.keys(layers)) if (files.some(file => file.startsWith(`${layer}/`))) t.match(text, `\`${layer}\``)
  for (const [, name = ''] of text.matchAll(/`([\w/-]+\.ts)`/g)) t.ok(name.startsWith('test/') || files.some(file => file === name || file.endsWith(`/${name}`)), name)
  for (const [, name = ''] of text.matchAll(/`([a-z]+[A-Z]\w*)`/g)) t.match(sources, new RegExp(`function ${name} |\\b${name}: `), name)
})
