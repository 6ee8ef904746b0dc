import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type CorsCode, codeTexts, isOfNetwork } from '../../lib/browser/codes'
import { type BrowserName, browsers, differences, seenIn } from '../../lib/browser/engines'
import { explainExchange, isSendable } from '../../lib/browser/fetch'
import { createRequest } from '../../lib/browser/request'
import { root } from '../support/root'

const documented = readFileSync(join(root, 'docs/engines.md'), 'utf8')

/** The table of the documentation, as the code has it. */
function table (): string {
  const rows = Object.values(differences).map(({ what, section, ...values }) => {
    const { standard, chromium, firefox, webkit } = values
    return [`[${what}](${section})`, ...[standard, chromium, firefox, webkit].map(say)]
  })
  const head = ['what', 'standard', ...Object.values(seenIn)]
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |\n`).join('')
}

function say (value: boolean | number | string): string {
  if (value === Infinity) return 'no limit'
  return typeof value === 'boolean' ? value ? 'yes' : 'no' : String(value)
}

t.test('the documentation has the table of differences, row by row', async t => {
  const [, shown] = /^(\| what [^]*?\n)\n/m.exec(documented) ?? []
  t.equal(shown, table())
})

/** The requests that the last table is about, none of which a browser leaves to the server alone. */
const blocked: ReadonlyArray<readonly [what: string, page: string, urls: readonly string[]]> = [
  ['an https page calls an http API', 'https://app.example.com', ['http://api.example.com/', 'http://10.0.0.1/']],
  ['an https page calls http on its own machine', 'https://app.example.com', ['http://localhost:3000/', 'http://127.0.0.1/', 'http://[::1]/']],
  ['a public https page calls a loopback or private address over https', 'https://app.example.com', ['https://localhost/', 'https://192.168.0.1/', 'https://printer.local/']],
  ['a public http page calls a loopback or private address', 'http://app.example.com', ['http://localhost/', 'https://10.0.0.1/', 'http://printer.local/']]
]

/** What an engine makes of them: the code, or that they are sent. The first rows do not depend on where the page was loaded from. */
function fateOf (name: BrowserName, what: string, origin: string, urls: readonly string[]): string {
  const pageAddressSpace = what.includes('public') ? 'public' : undefined
  const fates = urls.map(url => {
    const request = createRequest({ origin, url, pageAddressSpace })
    return isSendable(request, browsers[name]) ? 'sent' : `\`${explainExchange({ request, browser: browsers[name] }).code}\``
  })
  return [...new Set(fates)].join(' or ')
}

t.test('the documentation has what blocks a page besides CORS, row by row', async t => {
  const rows = blocked.map(([what, page, urls]) => [what, ...(['chromium', 'firefox', 'webkit'] as const).map(name => fateOf(name, what, page, urls))])
  const [, shown] = /^\| a page \| .*\n.*\n((?:\|.*\n)*)/m.exec(documented) ?? []
  t.equal(shown, rows.map(cells => `| ${cells.join(' | ')} |\n`).join(''))
  const codes = (Object.keys(codeTexts) as CorsCode[]).filter(code => isOfNetwork({ code }))
  t.strictSame(codes.filter(code => !rows.flat().includes(`\`${code}\``)), [], 'each of these codes occurs')
})

t.test('a row differs from the standard in some engine', async t => {
  for (const [name, { standard, chromium, firefox, webkit }] of Object.entries(differences)) {
    t.ok([chromium, firefox, webkit].some(value => value !== standard), name)
  }
})

t.test('a browser is a column of the table', async t => {
  for (const [name, browser] of Object.entries(browsers)) {
    for (const key of Object.keys(differences) as (keyof typeof differences)[]) t.equal(browser[key], differences[key][name as keyof typeof browsers], `${name}: ${key}`)
  }
})
