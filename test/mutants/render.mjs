import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { REPORT, folders, reportOf } from './folders.mjs'

/** Per cent of the mutants that the tests have to notice. */
const WANTED = 90

/** Writes the page about the last run of each folder. False if the score is too low, or a folder has not been run. */
export function render () {
  const reports = Object.keys(folders).map(name => ({ name, report: existsSync(reportOf(name)) ? JSON.parse(readFileSync(reportOf(name), 'utf8')) : undefined }))
  const run = reports.filter(({ report }) => report !== undefined)
  const files = run.flatMap(({ report }) => Object.entries(report.files))
  const total = count(files)
  writeFileSync(REPORT, [...head(total), ...folderTable(reports), ...fileTable(files), ...survivorLists(files)].join('\n') + '\n')

  const missing = reports.length - run.length
  console.log(`${REPORT}: ${total.score} % of ${total.all} mutants, ${total.survived} survivors, ${missing} folders not run`)
  return total.score >= WANTED && missing === 0
}

function count (files) {
  const mutants = files.flatMap(([, file]) => file.mutants)
  const of = (...statuses) => mutants.filter(({ status }) => statuses.includes(status)).length
  const killed = of('Killed', 'Timeout')
  const survived = of('Survived', 'NoCoverage')
  const all = killed + survived
  return { all, killed, survived, invalid: mutants.length - all, score: all === 0 ? 100 : Math.floor(1000 * killed / all) / 10 }
}

function head ({ all, killed, survived, invalid, score }) {
  return [
    '# Mutants',
    '',
    `**${score} %**: of ${all} mutants the tests notice ${killed}; ${survived} survive. ${WANTED} % are wanted.`,
    ...invalid === 0 ? [] : [`${invalid} are not counted: they ended the process of the tests before there was a verdict.`],
    ''
  ]
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
  return ['## Files', '', '| file | mutants | survive | score |', '| --- | ---: | ---: | ---: |', ...rows]
}

function survivorLists (files) {
  const survive = ({ status }) => status === 'Survived' || status === 'NoCoverage'
  return files
    .filter(([, { mutants }]) => mutants.some(survive))
    .flatMap(([file, { source, mutants }]) => ['', `## What survives in ${file}`, '', ...mutants.filter(survive).map(mutant => entry(source, mutant))])
}

function entry (source, { location: { start, end }, replacement }) {
  const lines = source.split('\n')
  const original = start.line === end.line
    ? lines[start.line - 1].slice(start.column - 1, end.column - 1)
    : [lines[start.line - 1].slice(start.column - 1), ...lines.slice(start.line, end.line - 1), lines[end.line - 1].slice(0, end.column - 1)].join('\n')
  return `- line ${start.line}: ${code(`${oneLine(original)} → ${oneLine(replacement)}`)}`
}

function oneLine (text) {
  return text.replace(/\s+/g, ' ')
}

/** A code span whose fence is longer than any run of backticks in the text. */
function code (text) {
  const fence = '`'.repeat(Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)) + 1)
  return fence.length === 1 ? fence + text + fence : `${fence} ${text} ${fence}`
}
