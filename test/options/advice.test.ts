import t from 'tap'
import { isSerializedOrigin } from '../../lib/protocol/origin'
import { problemsOf, settings } from './problems-of'

// What an error offers is tried: it is accepted with the other options as they were, lets in the origin that was meant,
// and does not let in the stranger that the value was refused for.

interface Row { readonly refused: object, readonly meant: string, readonly stranger: string }

const credentials = true

const rows: readonly Row[] = [
  { refused: { origin: '*.example.com' }, meant: 'https://a.example.com', stranger: 'https://evilexample.com' },
  { refused: { origin: ['localhost:3000'], credentials }, meant: 'http://localhost:3000', stranger: 'http://evil.org:3000' },
  { refused: { origin: 'https://a.example.com, b.example.com' }, meant: 'https://b.example.com', stranger: 'https://c.example.com' },
  { refused: { origin: 'https://example.com/' }, meant: 'https://example.com', stranger: 'https://evil.org' },
  { refused: { origin: 'https://*example.com' }, meant: 'https://a.example.com', stranger: 'https://evilexample.com' },
  { refused: { origin: 'http*://localhost:*' }, meant: 'http://localhost:5173', stranger: 'http://localhost.evil.org:5173' },
  { refused: { origin: 'https://app-*.example.com', credentials }, meant: 'https://app-7.example.com', stranger: 'https://app-7.evil.org' },
  { refused: { origin: 'http://app-*.example.com', credentials }, meant: 'https://app-7.example.com', stranger: 'http://app-7.example.com' },
  { refused: { origin: 'https://*-x.example.com:*' }, meant: 'https://a-x.example.com:8080', stranger: 'https://a-x.evil.org' },
  { refused: { origin: 'https://*-3000.app.github.dev' }, meant: 'https://name-3000.app.github.dev', stranger: 'https://name-3001.app.github.dev' },
  { refused: { origin: 'moz-extension://*' }, meant: 'moz-extension://0123abcd-0123-4567-89ab-0123456789ab', stranger: 'https://evil.org' },
  { refused: { origin: 'http://Example.com', credentials }, meant: 'https://example.com', stranger: 'http://example.com' },
  { refused: { origin: 'http://Example.com:443/', enforce: 'all' }, meant: 'https://example.com', stranger: 'http://example.com:443' },
  { refused: { origin: 'http://Example.com, http://b.example.com', credentials }, meant: 'https://b.example.com', stranger: 'http://b.example.com' },
  { refused: { origin: 'http://Example.com', credentials, dangerously: { insecureOrigins: true } }, meant: 'http://example.com', stranger: 'https://example.com' },
  { refused: { origin: '*.github.io', credentials, dangerously: { publicSuffixOrigins: true } }, meant: 'https://a.github.io', stranger: 'https://evil.org' },
  { refused: { origin: /^http:\/\/App\.example\.com$/, credentials }, meant: 'https://app.example.com', stranger: 'http://app.example.com' },
  { refused: { origin: /^http:\/\/app.example\.com$/, credentials }, meant: 'https://app.example.com', stranger: 'https://appxexample.com' },
  { refused: { origin: 'http://example.com', credentials }, meant: 'https://example.com', stranger: 'http://example.com' },
  { refused: { origin: /localhost/ }, meant: 'http://localhost:5173', stranger: 'http://localhost.evil.org' },
  { refused: { origin: /^http:\/\/localhost/, credentials }, meant: 'http://localhost:5173', stranger: 'http://localhost.evil.org' },
  { refused: { origin: /^https?:\/\/localhost:\d+/ }, meant: 'https://localhost:5173', stranger: 'http://localhost:1.evil.org' },
  { refused: { origin: /example\.com$/, credentials }, meant: 'https://a.example.com', stranger: 'https://evilexample.com' },
  { refused: { origin: /\.example\.com$/ }, meant: 'https://a.b.example.com', stranger: 'https://evil.org' },
  { refused: { origin: /^https:\/\/(www|app)\.example\.com/, credentials }, meant: 'https://app.example.com', stranger: 'https://app.example.com.evil.org' },
  { refused: { origin: /^https:\/\/a\.test|https:\/\/b\.test$/ }, meant: 'https://b.test', stranger: 'https://a.test.evil.org' },
  { refused: { origin: /^https:\/\/a\.test$/g }, meant: 'https://a.test', stranger: 'https://evil.org' },
  { refused: { origin: /^https:\/\/App\.example\.com\/$/, credentials }, meant: 'https://app.example.com', stranger: 'https://evil.org' },
  { refused: { origin: /^http:\/\/example\.com:80$/ }, meant: 'http://example.com', stranger: 'https://evil.org' },
  { refused: { origin: /^https:\/\/example\.com:443$/ }, meant: 'https://example.com', stranger: 'https://evil.org' },
  { refused: { origin: /^https:\/\/(www|app).example\.com$/, credentials }, meant: 'https://www.example.com', stranger: 'https://wwwxexample.com' },
  { refused: { origin: /^https:\/\/.*example\.com$/, credentials }, meant: 'https://a.example.com', stranger: 'https://evilexample.com' },
  { refused: { origin: /^https:\/\/.*MyCompany\.com$/i, credentials }, meant: 'https://a.mycompany.com', stranger: 'https://evilmycompany.com' },
  { refused: { origin: '["https://a.test","b.test"]' }, meant: 'https://b.test', stranger: 'https://evil.org' },
  { refused: { origin: '/^https:\\/\\/.+\\.example\\.com$/', credentials }, meant: 'https://a.example.com', stranger: 'https://evilexample.com' },
  { refused: { origin: /^http:\/\/app\.example\.com(:80)?$/, credentials }, meant: 'https://app.example.com', stranger: 'https://app.example.com:80' },
  { refused: { origin: /^http:\/\/app\.example\.com$/, credentials }, meant: 'https://app.example.com', stranger: 'http://app.example.com' },
]

t.test('a value that an error offers does what was meant', async t => {
  for (const { refused, meant, stranger } of rows) {
    const name = JSON.stringify(refused, (_key, value: unknown) => value instanceof RegExp ? String(value) : value)
    const found = problemsOf(refused)
    const values = found.flatMap(({ instead }) => offered(instead))
    t.not(found.length, 0, `${name} is refused`)
    t.not(values.length, 0, `${name} has a correction`)
    for (const origin of values) {
      const better = { ...refused, origin }
      t.strictSame(problemsOf(better).map(({ what }) => what), [], `${String(origin)} is accepted for ${name}`)
      t.equal(allows(better, meant), true, `${String(origin)} allows ${meant}`)
      t.equal(allows(better, stranger), false, `${String(origin)} refuses ${stranger}`)
    }
  }
})

t.test('where each value would let in strangers, the text says so or offers none', async t => {
  const texts: ReadonlyArray<readonly [refused: object, text: RegExp]> = [
    [{ origin: 'https://app-*.vercel.app' }, /^the names that are yours.*without credentials.*strangers.*https:\/\/app-/],
    [{ origin: 'https://*-team.vercel.app' }, /^the names that are yours.*without credentials.*strangers.*-team\.vercel\.app/],
    [{ origin: ['*.github.io'], credentials }, /^(?!.*github)/],
    [{ origin: `https://${'a'.repeat(64)}-*.example.com` }, /^one of those forms/],
    [{ origin: /^https:\/\/[Z-a]+\/$/ }, /^a RegExp of whole origins/],
    [{ origin: /(a)\1\.example\.com$/ }, /^a (?:simpler )?RegExp/],
    [{ origin: /\*/ }, /^'\*'/],
    [{ origin: /\*/, credentials }, /^a RegExp of whole origins/],
    [{ origin: /.*/, credentials }, /^(?!.*'\*')/],
    [{ origin: 'chrome-extension://*' }, /its id.*let in every extension/],
    [{ origin: /^chrome-extension:\/\// }, /its id.*let in every extension/],
    [{ origin: /^(?:ws|http)s?:\/\/(?:app\.)?example\.com$/, credentials }, /^'https:\/\/example\.com', which leaves out origins such as https:\/\/app\.example\.com$/],
    [{ origin: /example/ }, /^a RegExp of the whole origin/],
    [{ origin: 'https://a.test,%' }, /^each as an item of its own$/],
    [{ origin: /\.vercel\.app$/, credentials }, /^(?!.*vercel)/],
    [{ origin: /^https:\/\/[a-z]+\.vercel\.app$/, credentials }, /^(?!.*vercel)/]
  ]
  for (const [refused, text] of texts) {
    for (const { instead } of problemsOf(refused)) t.match(instead, text)
  }
})

/** The values in a text that stand for themselves: lists, RegExps and origins. */
function offered (text: string): Array<string | RegExp | string[]> {
  const code = /\[('[^']+'(?:, '[^']+')*)\]|(?<=^|RegExp |or )\/(\^.*?\$)\/([a-z]*)(?=$|,| )|'((?:[a-z-]+:\/\/)[^']+)'/g
  return [...text.matchAll(code)].map(([, list, source, flags, origin]) => {
    if (list !== undefined) return list.slice(1, -1).split("', '")
    return source === undefined ? origin ?? '' : new RegExp(source, flags)
  })
}

function allows (options: object, asked: string): boolean {
  const { origin } = settings(options)
  if (origin.kind === 'one') return origin.origin === asked
  return origin.kind === 'set' && isSerializedOrigin(asked) && origin.set.has(asked)
}
