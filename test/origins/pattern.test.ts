import t from 'tap'
import { type PatternFault, parseEntry } from '../../lib/origins/pattern'

t.test('a misplaced wildcard is the fault to name, unless the text is a list or has blanks', async t => {
  const rows: ReadonlyArray<readonly [text: string, fault: PatternFault]> = [
    ['*', 'WILDCARD'],
    ['h*p://a.test', 'WILDCARD'],
    ['*://a.test', 'WILDCARD'],
    ['https://a*.test', 'WILDCARD'],
    ['https://a.test*/', 'WILDCARD'],
    ['https://*.*.a.test', 'WILDCARD'],
    ['https://*.1.2.3.4', 'WILDCARD'],
    ['https://*.[::1]', 'WILDCARD'],
    ['/h*p://a.test', 'SCHEME'],
    ['/https://a*.test', 'SCHEME'],
    ['a*', 'SCHEME'],
    ['https://a.test/*', 'PATH'],
    ['https://a.test?*', 'QUERY'],
    ['https://a*.test, https://b.test', 'LIST'],
    ['https://a*.test ', 'BLANK'],
    ['https://a.test:80:*', 'PORT'],
    ['https://*.a.test:443', 'DEFAULT_PORT'],
  ]
  for (const [text, fault] of rows) t.strictSame(parseEntry(text), { kind: 'fault', fault }, text)
})

t.test('the host of a pattern leaves room for a label', async t => {
  const label = 'a'.repeat(63)
  const host251 = [label, label, label, 'a'.repeat(59)].join('.')
  t.equal(parseEntry(`https://*.${host251}`).kind, 'pattern')
  t.strictSame(parseEntry(`https://*.a${host251.slice(0, -1)}.a`), { kind: 'fault', fault: 'LABEL' })
  t.strictSame(parseEntry(`https://*.${host251}a`), { kind: 'fault', fault: 'LENGTH' })
  t.equal(parseEntry(`https://${host251}a`).kind, 'exact')
})
