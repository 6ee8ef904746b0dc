import { readdirSync } from 'node:fs'

/** What is mutated together, and the folders of tests that answer for it: its own, and where they say more, those of what is built on it. */
export const folders = {
  protocol: { mutate: ['lib/protocol/**'], tests: ['protocol'] },
  origins: { mutate: ['lib/origins/**'], tests: ['origins', 'options'] },
  options: { mutate: ['lib/options/*.ts', '!lib/options/checks.ts'], tests: ['options'] },
  policy: { mutate: ['lib/policy/**'], tests: ['policy'] },
  browser: { mutate: ['lib/browser/**'], tests: ['browser'] },
  routing: { mutate: ['lib/routing/**'], tests: ['routing', 'server'] },
  server: { mutate: ['lib/server/**'], tests: ['server', 'routing'] },
  diagnose: { mutate: ['lib/diagnose/**'], tests: ['diagnose'] },
  testing: { mutate: ['lib/testing/**', 'lib/testing.ts'], tests: ['testing'] },
  entry: { mutate: ['index.ts', 'lib/app-cors.ts', 'lib/errors.ts'], tests: ['server', 'diagnose', 'options'] }
}

/** The compiled test files of a folder, below `.tests/` in Stryker's copy of the project. */
export function testFilesOf (folder) {
  return folders[folder].tests.flatMap(name => readdirSync(`test/${name}`)
    .filter(file => file.endsWith('.test.ts'))
    .sort()
    .map(file => `.tests/test/${name}/${file.replace(/\.ts$/, '.js')}`))
}

/** The page about all of it. */
export const REPORT = 'coverage/mutants/report.md'

export function reportOf (folder) {
  return `coverage/mutants/${folder}.json`
}
