import { existsSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { chromium } from 'playwright-core'

const EXECUTABLE = '/usr/bin/chromium'

const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'
]

/** Why tests that need Chromium are skipped; `false` if they run. In CI they always run, since it must be installed there. */
export const withoutChromium: string | false = existsSync(EXECUTABLE) || process.env.CI !== undefined
  ? false
  : `${EXECUTABLE} is missing: install Debian's chromium to run this test`

export async function launch (...flags: string[]): Promise<Browser> {
  return await chromium.launch({ executablePath: EXECUTABLE, args: [...FLAGS, ...flags] })
}
