import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { isFinal, START, walk } from '../../lib/origins/automaton/dfa'
import { packed, unpacked } from '../../lib/origins/automaton/packed'
import { readDfa } from '../../lib/origins/automaton/read'
import { FORMS } from '../../lib/origins/forms'
import { WITHOUT_COVERAGE } from '../support/without-coverage'

const folder = join(process.cwd(), 'lib', 'origins') // the sources, wherever this test was compiled to

t.test('form-tables.ts is what `npm run forms` writes', async t => {
  const written = execFileSync('sh', ['-c', WITHOUT_COVERAGE, process.execPath, join(folder, 'write-forms.js'), '--print'], { encoding: 'utf8' })
  t.ok(readFileSync(join(folder, 'form-tables.ts'), 'utf8') === written, 'run `npm run forms`')
})

t.test('an automaton is the same after it was packed', async t => {
  fc.assert(fc.property(fc.stringMatching(/^[a-c.|*]{0,12}$/).filter(isRegExp), source => {
    const dfa = readDfa(new RegExp(source))
    const { size, next, accepts } = unpacked(packed(dfa))
    return size === dfa.size && Buffer.from(next).equals(Buffer.from(dfa.next)) && Buffer.from(accepts).equals(Buffer.from(dfa.accepts))
  }), { seed: 1 })
})

t.test('one with too many states for a byte is refused', async t => {
  t.throws(() => packed(readDfa(/^(?:a|b){0,300}$/)), { message: /cannot be packed/ })
})

t.test('the forms', async t => {
  const of = (name: keyof typeof FORMS) => (origin: string) => isFinal(FORMS[name](), walk(FORMS[name](), START, origin))
  const has = of('any')
  for (const origin of ['https://example.com', 'https://example.com.', 'http://localhost:3000', 'https://127.0.0.1', 'http://[::1]:81', 'app://.', 'chrome-extension://abc']) {
    t.ok(has(origin), origin)
  }
  for (const other of ['null', 'file://', 'https://example.com/', 'https://example.com:443', 'http://example.com:80', 'https://1.2.3', 'https://a:65536', 'https://a..b']) {
    t.notOk(has(other), other)
  }
  t.same(['http://10.0.0.1', 'http://172.31.0.1', 'http://172.32.0.1', 'http://11.0.0.1', 'http://[fd00::1]'].map(of('privateAddress')), [true, true, false, false, true])
  t.same(['http://127.0.0.1', 'http://a.localhost', 'http://localhost.a'].map(of('loopback')), [true, true, false])
})

function isRegExp (source: string): boolean {
  try {
    return new RegExp(source) instanceof RegExp
  } catch {
    return false
  }
}
