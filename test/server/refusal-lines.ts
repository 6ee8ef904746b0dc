import type { LogLine } from '../support/exchange'

export const DEBUG = 20
export const INFO = 30

/** A refusal as the log has it, without what the logger itself adds. */
export interface RefusalLine {
  readonly level: number
  readonly origin: string
  readonly method: string
  readonly url: string
  readonly code: string
  readonly fix: string
  readonly msg: string
}

/** The lines about refusals, whole: an unexpected field shows. */
export function refusalsIn (lines: readonly LogLine[]): RefusalLine[] {
  return lines.filter(line => 'fix' in line).map(line => {
    const { time, pid, hostname, reqId, ...rest } = line
    return rest as unknown as RefusalLine // a row that has other fields is not equal to it
  })
}
