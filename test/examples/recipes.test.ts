import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { root } from '../support/root'

const folder = join(root, 'docs/recipes')
const pages = readdirSync(folder).filter(name => name.endsWith('.md') && name !== 'README.md')

/** What a reader types or sees in a terminal: no file has it. */
const WITHOUT_FILE = ['sh', 'text']

interface Block {
  readonly language: string
  readonly code: string
  /** The file that the paragraph before the block names last. */
  readonly file: string | undefined
}

function blocksOf (text: string): Block[] {
  return [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(({ index, 1: language = '', 2: code = '' }) => {
    const paragraph = text.slice(0, index).trimEnd().split('\n\n').at(-1) ?? ''
    return { language, code, file: [...paragraph.matchAll(/`(examples\/[^`]+)`/g)].at(-1)?.[1] }
  })
}

for (const name of pages) {
  t.test(`the code of ${name} is that of the examples`, async t => {
    for (const { language, code, file } of blocksOf(readFileSync(join(folder, name), 'utf8'))) {
      if (WITHOUT_FILE.includes(language)) continue
      if (file === undefined) t.fail(`no file is named before: ${code}`)
      else t.ok(`\n${readFileSync(join(root, file), 'utf8')}`.includes(`\n${code}`), `${file} has it`)
    }
  })
}

t.test('links of the recipes lead to files', async t => {
  for (const name of [...pages, 'README.md']) {
    for (const [, link = ''] of readFileSync(join(folder, name), 'utf8').matchAll(/\]\(([^)#]+)[^)]*\)/g)) {
      if (!link.startsWith('https://')) t.ok(existsSync(join(folder, link)), `${name}: ${link}`)
    }
  }
})

t.test('examples that the recipes mention are there', async t => {
  for (const name of pages) {
    for (const [, path = ''] of readFileSync(join(folder, name), 'utf8').matchAll(/`(examples\/[^`]+)`/g)) t.ok(existsSync(join(root, path)), `${name}: ${path}`)
  }
})

t.test('the index has every recipe', async t => {
  const index = readFileSync(join(folder, 'README.md'), 'utf8')
  for (const name of pages) t.ok(index.includes(`](${name})`), name)
})

t.test('the list of examples has each of them', async t => {
  const list = readFileSync(join(root, 'examples/README.md'), 'utf8')
  for (const entry of readdirSync(join(root, 'examples'))) if (entry !== 'README.md') t.ok(list.includes(`\`${entry}`), entry)
})
