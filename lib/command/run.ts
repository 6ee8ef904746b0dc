import { browsers } from '../browser/engines'
import { readArguments } from './arguments'
import { type End, follow } from './follow'
import { inColour, plain, printJson, printReport, safe } from './print'
import { reportOn } from './report'
import { TIMEOUT } from './send'
import { usage, version } from './usage'

/** The exit status: 0 readable, or accepted so far; 1 blocked; 2 not known. */
export type Status = 0 | 1 | 2

/** The part of a process that the command uses. */
export interface Surroundings {
  readonly stdout: { readonly isTTY?: boolean, write (text: string): unknown }
  readonly stderr: { write (text: string): unknown }
  readonly env: Readonly<Record<string, string | undefined>>
}

const statuses: Readonly<Record<End, Status>> = { readable: 0, accepted: 0, blocked: 1, unsent: 2, unanswered: 2 }

/** Runs the command with these arguments. `timeout` is in milliseconds, for each answer. */
export async function run (args: string[], { stdout, stderr, env }: Surroundings, timeout = TIMEOUT): Promise<Status> {
  const asked = readArguments(args)
  switch (asked.kind) {
    case 'help': stdout.write(usage); return 0
    case 'version': stdout.write(`${version()}\n`); return 0
    case 'wrong':
      stderr.write(`${asked.problems.map(safe).join('\n')}\nSee --help.\n`)
      return 2
    case 'diagnose': {
      const { question } = asked
      const { request, browser, send, insecure, json } = question
      const report = reportOn(question, await follow(request, { browser: browsers[browser], send, insecure, timeout }))
      // https://no-color.org: any value but an empty one.
      const isColoured = stdout.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb'
      stdout.write(json ? printJson(report) : printReport(report, isColoured ? inColour : plain))
      return statuses[report.verdict]
    }
  }
}
