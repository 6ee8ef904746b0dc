import type { LogLine } from '../support/exchange'

export const DEBUG = 20
export const INFO = 30

/** The log line of a refusal, without the fields that the logger itself adds. */
export interface RefusalLine {
  readonly level: number
  readonly origin: string
  readonly method: string
  readonly url: string
  readonly code: string
  readonly fix: string
  readonly msg: string
}

/** The lines about refusals with all fields, so that an unexpected field is noticed. */
export function refusalsIn (lines: readonly LogLine[]): RefusalLine[] {
  return lines.filter(line => 'fix' in line).map(line => {
    const { time, pid, hostname, reqId, ...rest } = line
    return rest as unknown as RefusalLine // a row that has other fields is not equal to it
  })
}
