import t from 'tap'
import { type Question, readArguments } from '../../lib/command/arguments'
import { command } from './command'

const URL = 'https://api.example.com/users'
const ORIGIN = 'https://app.example.com'

function question (...args: string[]): Question {
  const asked = readArguments([URL, '--origin', ORIGIN, ...args])
  if (asked.kind !== 'diagnose') throw new Error(JSON.stringify(asked))
  return asked.question
}

t.test('what is not given has a default', async t => {
  const { request, ...rest } = question()
  t.strictSame(rest, { browser: 'chromium', dropped: [], send: false, insecure: false, json: false })
  t.match(request, { origin: ORIGIN, url: URL, method: 'GET', headers: [], credentials: 'same-origin' })
})

t.test('what is given is kept as a page would have it', async t => {
  const rows: { it: string, args: string[], request: object }[] = [
    { it: 'normalises put, and not patch', args: ['--method', 'put'], request: { method: 'PUT' } },
    { it: 'keeps patch', args: ['--method', 'patch'], request: { method: 'patch' } },
    { it: 'trims values', args: ['--header', 'X-A:  1 ', '--header', 'x-b:'], request: { headers: [['X-A', '1'], ['x-b', '']] } },
    { it: 'splits a header at its first colon', args: ['--header', 'x-a: b:c'], request: { headers: [['x-a', 'b:c']] } },
    { it: 'takes a header without a value', args: ['--header', 'x-a'], request: { headers: [['x-a', '']] } },
    { it: 'takes Content-Type alone for JSON', args: ['--header', 'Content-Type'], request: { headers: [['Content-Type', 'application/json']] } },
    { it: 'reads the mode of credentials', args: ['--credentials', 'include'], request: { credentials: 'include' } }
  ]
  for (const { it, args, request } of rows) t.match(question(...args).request, request, it)
  t.match(question('--browser', 'webkit', '--send', '--insecure', '--json'), { browser: 'webkit', send: true, insecure: true, json: true })
  t.equal(readArguments([URL, '--origin', 'null']).kind, 'diagnose', 'a sandboxed page has the origin null')
})

t.test('headers that a page cannot set are dropped, and named', async t => {
  const { request, dropped } = question('--header', 'Cookie: a=1', '--header', 'x-a: 1', '--header', 'Origin: https://evil.test')
  t.strictSame(request.headers, [['x-a', '1']])
  t.strictSame(dropped, ['Cookie', 'Origin'])
})

t.test('everything that is wrong is said at once', async t => {
  const rows: { it: string, args: string[], problems: (string | RegExp)[] }[] = [
    { it: 'misses the URL and the origin', args: [], problems: [/^the URL is missing/, /^--origin is missing/] },
    { it: 'takes one URL', args: [URL, URL, '--origin', ORIGIN], problems: [/^one URL at a time, not 2/] },
    { it: 'wants the scheme of the URL', args: ['localhost:3000/x', '--origin', ORIGIN], problems: [/write it in full, such as http:\/\/localhost:3000\/users$/] },
    { it: 'refuses another scheme', args: ['ftp://a.test', '--origin', ORIGIN], problems: [/is not an http or https URL/] },
    { it: 'refuses what is not a URL', args: ['http://', '--origin', ORIGIN], problems: [/is not an http or https URL/] },
    { it: 'refuses a password in the URL, as fetch does', args: ['http://a:b@c.test', '--origin', ORIGIN], problems: [/user name or password/] },
    { it: 'corrects an origin with a path', args: [URL, '--origin', `${ORIGIN}/`], problems: [`"${ORIGIN}/" is not an origin as browsers send it: write ${ORIGIN}`] },
    { it: 'corrects an origin with its default port', args: [URL, '--origin', 'HTTPS://app.example.com:443'], problems: [/: write https:\/\/app\.example\.com$/] },
    { it: 'cannot correct an origin without a scheme', args: [URL, '--origin', 'app.example.com'], problems: [/: write one such as https:\/\/app\.example\.com$/] },
    { it: 'refuses *, which is not the origin of a page', args: [URL, '--origin', '*'], problems: [/is not an origin/] },
    { it: 'refuses a method that pages may not use', args: [URL, '--origin', ORIGIN, '--method', 'trace'], problems: ['a page may not use the method trace'] },
    { it: 'refuses each header that fetch refuses', args: [URL, '--origin', ORIGIN, '--header', 'a b: 1', '--header', 'x-a: \n1\r2', '--header', ': 1'], problems: [/"a b" is not a header name/, /the value of x-a/, /"" is not a header name/] },
    { it: 'names the choices', args: [URL, '--origin', ORIGIN, '--credentials', 'true', '--browser', 'toString'], problems: ['--credentials is one of omit, same-origin, include', '--browser is one of standard, chromium, firefox, webkit'] },
    { it: 'knows its options', args: [URL, '--orign', ORIGIN], problems: ["Unknown option '--orign'"] },
    { it: 'wants a value', args: [URL, '--origin'], problems: [/--origin.*argument missing/] }
  ]
  for (const { it, args, problems } of rows) {
    const asked = readArguments(args)
    const found = asked.kind === 'wrong' ? asked.problems : []
    t.equal(found.length, problems.length, `${it}: ${found.join('; ')}`)
    for (const [i, problem] of problems.entries()) t.match(found[i], problem, it)
  }
})

t.test('wrong usage is said on the other stream, with status 2', async t => {
  const { status, stdout, stderr } = await command(['\x1b[31m'])
  t.equal(status, 2)
  t.equal(stdout, '')
  t.match(stderr, /^"\\u001b\[31m" is not .*\n--origin is missing.*\nSee --help\.\n$/)
})

t.test('help and version come before anything else', async t => {
  t.match(await command(['--help', '--version']), { status: 0, stdout: /--origin <origin>/, stderr: '' })
  t.match(await command(['-v', 'nonsense']), { status: 0, stdout: /^\d+\.\d+\.\d+\n$/, stderr: '' })
})
