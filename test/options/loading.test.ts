import { execFileSync } from 'node:child_process'
import t from 'tap'

const root = process.cwd() // of the package, wherever this test was compiled to

// Of the built package: what the tests load has a loader of its own.
const program = `
  const Fastify = require('fastify')
  const corsPlugin = require(process.argv[1])
  const app = Fastify()
  app.register(corsPlugin, JSON.parse(process.argv[2]))
  app.ready(error => console.log(JSON.stringify(error?.code ?? Object.keys(require.cache))))
`

/** The files that are loaded when an application with these options has booted, or the code of the error. */
function loaded (options: object): string[] | string {
  return JSON.parse(execFileSync(process.execPath, ['-e', program, root, JSON.stringify(options)], { cwd: root, encoding: 'utf8' })) as string[] | string
}

t.test('what is needed only sometimes is loaded only then', async t => {
  const rare = ['@sinclair/typebox', 'tldts', 'texts', 'correct', 'keys', 'regexps', 'regexp-fixes', 'regexpp', 'automaton', 'schema', 'explain', 'print', 'reconfigure', 'headers-for']
  const among = (files: string[] | string) => rare.filter(name => [...files].some(file => file.includes(`/${name}/`) || file.endsWith(`/${name}.js`)))
  t.strictSame(among(loaded({ origin: ['https://a.test', 'http://b.test', 'https://*.c.test', 'http://localhost:*'], maxAge: 5, enforce: 'all' })), [])
  t.strictSame(among(loaded({ origin: ['https://a.test', 'http://localhost:3000'], credentials: true, dangerously: { nullOrigin: true } })), [])
  t.strictSame(among(loaded({ origin: 'https://*.c.test', credentials: true })), ['tldts'])
  t.equal(loaded({ origin: 'a.test' }), 'FST_CORS_INVALID_OPTIONS', 'and an error has its words')
})
