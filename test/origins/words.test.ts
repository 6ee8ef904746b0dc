import t from 'tap'
import { languageOf, readRegExp } from '../../lib/origins/language'
import { whoGetsIn } from '../../lib/origins/words'

t.test('who gets in, in a few words', async t => {
  const rows: ReadonlyArray<readonly [RegExp | string, string]> = [
    [/^https:\/\/.+\.example\.com$/, 'any subdomain of example.com'],
    [/^https:\/\/(.+\.)?example\.com$/, 'example.com and any subdomain of example.com'],
    [/^https:\/\/pr-\d+\.example\.com$/, 'subdomains of example.com such as pr-0.example.com'],
    [/^https:\/\/(app\.)?example\.com$/, 'example.com and app.example.com'],
    [/^https:\/\/example\.(com|org)$/, 'example.com, example.org'],
    [/^https:\/\/a\.(?:de|fr|nl|eu|be|at|ch)$/, 'a.at, a.be, a.ch, a.de, a.eu and 2 more'],
    [/^https?:\/\/localhost(:\d+)?$/, 'localhost at any port'],
    [/^http:\/\/(localhost|127\.0\.0\.1):3000$/, 'localhost and 127.0.0.1'],
    [/^http:\/\/app\.localhost$/, 'this machine, as http://app.localhost'],
    [/^https:\/\/10\.0\.0\.1$/, '10.0.0.1'],
    [/^capacitor:\/\/localhost$/, 'capacitor://localhost'],
    [/^chrome-extension:\/\/[a-p]+$/, 'origins such as chrome-extension://a'],
    [/^https:\/\/.*example\.com$/, 'anyone with a domain, such as https://evilexample.com'],
    [/^https:\/\/[a-z]+\.vercel\.app$/, 'anyone who takes a name there, such as https://evil.vercel.app'],
    [/^https:\/\/(.+\.)?(?:-a|a_b|xn--bcher-kva)\.com\.?$/, '-a.com and any subdomain of -a.com, a_b.com and any subdomain of a_b.com, xn--bcher-kva.com and any subdomain of xn--bcher-kva.com'],
    [/^https:\/\/a\.test\/$/, 'no origin'],
    ['https://*.example.com', 'any subdomain of example.com'],
    ['http://localhost:*', 'localhost at any port'],
  ]
  for (const [entry, expected] of rows) {
    const read = typeof entry === 'string' ? undefined : readRegExp(entry)
    const language = typeof entry === 'string' ? languageOf([entry]) : read?.kind === 'language' ? read.language : undefined
    t.equal(language && whoGetsIn(language), expected, String(entry))
  }
})
