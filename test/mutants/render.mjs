import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { folders, reportOf } from './folders.mjs'

const WANTED = 90

/** Writes MUTANTS.md from the last reports and the reasons. False if the score is too low, or a survivor has no reason. */
export function render () {
  const reports = Object.keys(folders).map(name => ({ name, report: existsSync(reportOf(name)) ? JSON.parse(readFileSync(reportOf(name), 'utf8')) : undefined }))
  const run = reports.filter(({ report }) => report !== undefined)
  const files = run.flatMap(({ report }) => Object.entries(report.files))
  const reasons = new Reasons(JSON.parse(readFileSync(new URL('./reasons.json', import.meta.url), 'utf8')))
  const survivors = files.flatMap(([file, { source, mutants }]) => mutants.filter(survives).map(mutant => survivor(file, source, mutant, reasons)))
  const total = count(files)
  writeFileSync('MUTANTS.md', [...head(total, survivors), ...folderTable(reports), ...fileTable(files), ...survivorLists(survivors)].join('\n') + '\n')

  const open = survivors.filter(({ reason }) => reason === undefined)
  for (const { file, line, code, change } of open) console.error(`No reason: ${file}:${line}\n  ${code}\n  ${change}`)
  for (const { file, code, change } of reasons.unused(files.map(([file]) => file))) console.error(`Reason without a survivor: ${file}\n  ${code}\n  ${change}`)
  const missing = reports.length - run.length
  console.log(`MUTANTS.md: ${total.score} % of ${total.all} mutants, ${survivors.length} survivors, ${open.length} without a reason, ${missing} folders not run`)
  return total.score >= WANTED && open.length === 0 && missing === 0
}

/** Keyed by what the code says, since line numbers change with every commit. */
class Reasons {
  #found = new Map()
  #used = new Set()

  constructor (byFile) {
    for (const [file, entries] of Object.entries(byFile)) {
      for (const { code, changes, reason } of entries) {
        for (const change of changes) this.#found.set(JSON.stringify({ file, code, change }), reason)
      }
    }
  }

  for (file, code, change) {
    const key = JSON.stringify({ file, code, change })
    this.#used.add(key)
    return this.#found.get(key)
  }

  unused (files) {
    return [...this.#found.keys()].filter(key => !this.#used.has(key)).map(key => JSON.parse(key)).filter(({ file }) => files.includes(file))
  }
}

function survives ({ status }) {
  return status === 'Survived' || status === 'NoCoverage'
}

function survivor (file, source, { location: { start, end }, replacement }, reasons) {
  const lines = source.split('\n')
  const code = lines[start.line - 1].trim()
  const original = start.line === end.line
    ? lines[start.line - 1].slice(start.column - 1, end.column - 1)
    : [lines[start.line - 1].slice(start.column - 1), ...lines.slice(start.line, end.line - 1), lines[end.line - 1].slice(0, end.column - 1)].join('\n')
  const change = `${oneLine(original)} → ${oneLine(replacement)}`
  return { file, line: start.line, code, change, reason: reasons.for(file, code, change) }
}

function oneLine (text) {
  return text.replace(/\s+/g, ' ')
}

function count (files) {
  const mutants = files.flatMap(([, file]) => file.mutants)
  const of = (...statuses) => mutants.filter(({ status }) => statuses.includes(status)).length
  const killed = of('Killed', 'Timeout')
  const survived = of('Survived', 'NoCoverage')
  const all = killed + survived
  return { all, killed, survived, invalid: mutants.length - all, score: all === 0 ? 100 : Math.floor(1000 * killed / all) / 10 }
}

function head ({ all, killed, survived, invalid, score }, survivors) {
  const open = survivors.filter(({ reason }) => reason === undefined).length
  return [
    '# Mutants',
    '',
    '[Stryker](https://stryker-mutator.io) changes the code in one place at a time, and the tests have to notice. `npm run mutants` does so and',
    'writes this page. It fails if fewer than 90 % are noticed, or if one that survives has no reason in `test/mutants/reasons.json`. It is',
    'no part of CI.',
    '',
    `**${score} %**: of ${all} mutants the tests notice ${killed}; ${survived} survive, ${open === 0 ? 'each with its reason below' : `${open} of them without a reason`}.`,
    invalid === 0 ? '' : `Not counted: ${invalid} that ended the process of the tests before there was a verdict.`,
    '',
    'No kind of change and no file of `lib/` is left out, and none of `index.ts`. What is mutated is held against the test folders that the',
    'table names beside it, not against all tests. Their files are those of `npm test`, compiled once and run in one process for many mutants',
    '(`test/mutants/runner.mjs`), since the tap runner of Stryker starts a process for each file and mutant; `--tap-runner` uses that one.',
    'Random tests have the same seed for each mutant, and at most 1500 runs.',
    ''
  ].filter((line, i, lines) => line !== '' || lines[i - 1] !== '')
}

function folderTable (reports) {
  const rows = reports.map(({ name, report }) => {
    const { mutate, tests } = folders[name]
    const what = `${mutate.map(glob => `\`${glob.replace('/**', '/')}\``).join(', ')} | ${tests.map(test => `\`${test}\``).join(', ')}`
    if (report === undefined) return `| ${what} | not run | | | |`
    const { all, survived, score } = count(Object.entries(report.files))
    return `| ${what} | ${all} | ${survived} | ${score} % | ${report.date}, ${report.revision} |`
  })
  return ['| mutated | tests, in `test/` | mutants | survive | score | last run, and the revision of `lib/` |', '| --- | --- | ---: | ---: | ---: | --- |', ...rows, '']
}

function fileTable (files) {
  const rows = files.map(([file, { mutants }]) => {
    const { all, survived, score } = count([[file, { mutants }]])
    return `| ${file} | ${all} | ${survived} | ${score} % |`
  })
  return ['## Files', '', '| file | mutants | survive | score |', '| --- | ---: | ---: | ---: |', ...rows, '']
}

function survivorLists (survivors) {
  return ['## Survivors', '', ...[...grouped(survivors)].flatMap(([file, list]) => ['### ' + file, '', ...list.map(entry), ''])].slice(0, -1)
}

function grouped (survivors) {
  const groups = new Map()
  for (const each of survivors) groups.set(each.file, [...groups.get(each.file) ?? [], each])
  return groups
}

function entry ({ line, change, reason }) {
  return `- line ${line}: ${code(change)}: ${reason ?? '**no reason yet**'}`
}

/** A code span whose fence is longer than any run of backticks in the text. */
function code (text) {
  const fence = '`'.repeat(Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)) + 1)
  return fence.length === 1 ? fence + text + fence : `${fence} ${text} ${fence}`
}
