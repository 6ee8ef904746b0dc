import t from 'tap'
import { PAGE, answering, ask, command, writing } from './command'

const ALLOW = `access-control-allow-origin: ${PAGE}`

// eslint-disable-next-line no-control-regex
const CONTROL = /[\0-\x09\x0b-\x1f\x7f-\x9f]/

t.test('the text says what was sent, what the browser does, and what to change', async t => {
  const { url } = await answering(t, { preflight: [204, 'access-control-allow-origin:'] })
  const { stdout } = await command([url, '--origin', PAGE, '--method', 'PUT'])
  t.equal(stdout.replaceAll(url, 'URL'), `\
Blocked (PreflightInvalidAllowOriginValue): the answer to the preflight has an Access-Control-Allow-Origin that is not an origin: ""

What was sent
  preflight OPTIONS URL: 204
    no access-control-allow-origin: (empty) - the answer to the preflight has an Access-Control-Allow-Origin that is not an origin: ""
    no access-control-allow-methods: (missing) - the answer to the preflight does not allow the method PUT: it lists nothing

What the browser does (chromium)
  1. whether the request is cross-origin: yes: it is sent with Origin: https://app.example.com https://fetch.spec.whatwg.org/#main-fetch
  2. whether it needs a preflight: yes: the method PUT is not safelisted https://fetch.spec.whatwg.org/#http-fetch
  3. the preflight: the answer to the preflight has an Access-Control-Allow-Origin that is not an origin: "" https://fetch.spec.whatwg.org/#cors-preflight-fetch

What to change
  - send Access-Control-Allow-Origin: https://app.example.com
  - add PUT to Access-Control-Allow-Methods

How, in one place only
  nginx: in the location: proxy_hide_header access-control-allow-origin; if ($request_method = OPTIONS) { add_header Access-Control-Allow-Origin "https://app.example.com" always; add_header Access-Control-Allow-Methods "PUT" always; return 204; } add_header Access-Control-Allow-Origin "https://app.example.com" always;
  Express: app.use(cors({ origin: 'https://app.example.com' })) with the package cors, before authentication and routes
  Django: CORS_ALLOWED_ORIGINS = ["https://app.example.com"] with django-cors-headers, its CorsMiddleware first
  ASP.NET Core: app.UseCors(policy => policy.WithOrigins("https://app.example.com").WithMethods("PUT")) after UseRouting, before UseAuthentication and UseAuthorization
  S3: [{"AllowedOrigins":["https://app.example.com"],"AllowedMethods":["PUT"]}] as the CORS configuration of the bucket

More
  https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS/Errors/CORSAllowOriginNotMatchingOrigin
`)
})

t.test('the text says which headers the page may read', async t => {
  const { url } = await answering(t, { actual: [200, ALLOW, 'x-a: 1', 'content-type: text/plain'] })
  const { stdout } = await command([url, '--origin', PAGE])
  t.match(stdout, /^Readable: /)
  t.match(stdout, '\n\nWhich headers the page may read\n  readable: content-type\n  hidden: access-control-allow-origin, connection, date, transfer-encoding, x-a\n\nNotes\n  - ')
  const own = await command([url, '--origin', new URL(url).origin])
  t.match(own.stdout, '\n  hidden: none\n')
})

t.test('the text says that no answer came', async t => {
  const { stdout } = await command([await writing(t, ''), '--origin', PAGE])
  t.match(stdout, /^No answer \(InvalidResponse\): .*\n\nWhat was sent\n {2}GET http:\/\/127\.0\.0\.1:\d+\/x: no answer\n\n/)
})

t.test('there are colours on a terminal, and only there', async t => {
  const { url } = await answering(t, { actual: [200, ALLOW] })
  const coloured = async (terminal: Parameters<typeof command>[1], ...args: string[]) => (await command([url, '--origin', PAGE, ...args], terminal)).stdout.includes('\x1b[')
  t.equal(await coloured({ isTTY: true }), true)
  t.equal(await coloured({ isTTY: true, env: { NO_COLOR: '', TERM: 'xterm' } }), true, 'an empty NO_COLOR counts as none')
  t.equal(await coloured({ isTTY: true, env: { NO_COLOR: '1' } }), false)
  t.equal(await coloured({ isTTY: true, env: { TERM: 'dumb' } }), false)
  t.equal(await coloured({ isTTY: false }), false)
  t.equal(await coloured({ isTTY: true }, '--json'), false)
})

t.test('a colour is all that differs', async t => {
  const { url } = await answering(t, { preflight: [404] })
  const args = [url, '--origin', PAGE, '--method', 'PUT']
  const [{ stdout: coloured }, { stdout: plain }] = await Promise.all([command(args, { isTTY: true }), command(args)])
  t.match(coloured, /^\x1b\[31mBlocked\x1b\[0m \(/) // eslint-disable-line no-control-regex
  t.equal(coloured.replace(/\x1b\[\d+m/g, ''), plain) // eslint-disable-line no-control-regex
})

t.test('no byte of a server reaches the terminal as a control character', async t => {
  const evil = '\x1b[2J\x07\x9b31m\x7f'
  const url = await writing(t, `HTTP/1.1 302 Found\r\nAccess-Control-Allow-Origin: ${evil}\r\nAccess-Control-Allow-Methods: ${evil}\r\nLocation: /${evil}\r\n\r\n`)
  for (const more of [[], ['--method', 'PUT'], ['--json'], ['--json', '--method', 'PUT']]) {
    const { status, stdout } = await command([url, '--origin', PAGE, ...more])
    t.equal(status, 1)
    t.notMatch(stdout, CONTROL, more.join(' '))
  }
  t.match((await ask(url)).report.sent[0]?.response?.headers[0], ['Access-Control-Allow-Origin', evil], 'JSON keeps the bytes, escaped')
})
