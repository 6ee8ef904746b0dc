import { existsSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { chromium } from 'playwright-core'

const EXECUTABLE = '/usr/bin/chromium'

const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'
]

/** The reason to skip tests that need Chromium; there is none in CI, where it has to be installed. */
export const withoutChromium: string | false = existsSync(EXECUTABLE) || process.env.CI !== undefined
  ? false
  : `there is no ${EXECUTABLE}; install Debian's chromium to run this`

export async function launch (...flags: string[]): Promise<Browser> {
  return await chromium.launch({ executablePath: EXECUTABLE, args: [...FLAGS, ...flags] })
}
