import type { Report, ReportedExchange } from './report'
import type { Said } from './said'

type Colour = 'red' | 'green' | 'yellow' | 'dim' | 'bold'

const codes: Readonly<Record<Colour, number>> = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 }

/** Adds a colour to a text, or not. */
export type Paint = (colour: Colour, text: string) => string

export const inColour: Paint = (colour, text) => `\x1b[${codes[colour]}m${text}\x1b[0m`

export const plain: Paint = (_colour, text) => text

const titles: Readonly<Record<Report['verdict'], readonly [Colour, string]>> = {
  readable: ['green', 'Readable'],
  blocked: ['red', 'Blocked'],
  accepted: ['green', 'Accepted so far'],
  unsent: ['yellow', 'Not sent'],
  unanswered: ['yellow', 'No answer']
}

/** The report as text. */
export function printReport (report: Report, paint: Paint): string {
  const { verdict, code, message, link, sent, steps, exposedHeaders, hiddenHeaders, changes, servers, notes } = report
  const [colour, title] = titles[verdict]
  const part = (name: string, lines: readonly string[]) => lines.length === 0 ? [] : ['', paint('bold', name), ...lines]
  return [
    `${paint(colour, title)}${code === null ? '' : ` (${code})`}: ${safe(message)}`,
    ...part('What was sent', sent.flatMap(exchange => exchangeLines(exchange, paint))),
    ...part(`What the browser does (${report.browser})`, steps.map(({ step, section, outcome }, i) => `  ${i + 1}. ${step}: ${safe(outcome)} ${paint('dim', section)}`)),
    ...part('Which headers the page may read', verdict === 'readable' ? [`  readable: ${namesOf(exposedHeaders)}`, `  hidden: ${namesOf(hiddenHeaders)}`] : []),
    ...part('What to change', changes.map(change => `  - ${safe(change)}`)),
    ...part('How, in one place only', Object.entries(servers).map(([name, line]) => `  ${name}: ${safe(line)}`)),
    ...part('Notes', notes.map(note => `  - ${safe(note)}`)),
    ...part('More', link === null ? [] : [`  ${link}`]),
    ''
  ].join('\n')
}

function exchangeLines ({ preflight, method, url, response, said }: ReportedExchange, paint: Paint): string[] {
  const answer = response === null ? 'no answer' : String(response.status)
  return [`  ${preflight ? 'preflight ' : ''}${method} ${safe(url)}: ${answer}`, ...said.map(each => `    ${saidLine(each, paint)}`)]
}

function namesOf (names: readonly string[]): string {
  return names.length === 0 ? 'none' : safe(names.join(', '))
}

function saidLine ({ name, value, ok, meaning }: Said, paint: Paint): string {
  const mark = ok ? paint('green', 'ok') : paint('red', 'no')
  return `${mark} ${safe(name)}: ${value === null ? '(missing)' : safe(value === '' ? '(empty)' : value)} ${paint('dim', `- ${safe(meaning)}`)}`
}

/** A text that a server may have written: control characters could change what the terminal shows. */
export function safe (text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\0-\x1f\x7f-\x9f]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The report as data. JSON may hold control characters above 0x7e as they are, which a terminal would obey. */
export function printJson (report: Report): string {
  return `${JSON.stringify(report, null, 2).split('\n').map(safe).join('\n')}\n`
}
