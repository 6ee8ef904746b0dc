import { existsSync } from 'node:fs'
import { launchChromium } from './chromium'
import type { Engine, EngineName, Launch } from './engine'
import { launchFirefox } from './firefox'
import { launchWebKit } from './webkit'

const launchers: Readonly<Record<EngineName, (launch: Launch) => Promise<Engine>>> = {
  chromium: launchChromium, firefox: launchFirefox, webkit: launchWebKit
}

/** What has to be installed, with the names of Debian's packages. */
const needed: Readonly<Record<EngineName, ReadonlyArray<readonly [file: string, debian: string]>>> = {
  chromium: [['/usr/bin/chromium', 'chromium']],
  firefox: [['/usr/bin/firefox-esr', 'firefox-esr']],
  webkit: [['/usr/bin/WebKitWebDriver', 'webkit2gtk-driver'], ['/usr/bin/Xvfb', 'xvfb']]
}

const names = Object.keys(launchers) as EngineName[] // the keys of a constant

/** All engines, or the one of `ENGINE=firefox`. */
export const engineNames: readonly EngineName[] = names.filter(name => name === (process.env.ENGINE ?? name))

/** Why tests that need an engine are skipped; `false` if they run. In CI they always run, since it must be installed there. */
export function without (name: EngineName): string | false {
  const missing = needed[name].filter(([file]) => !existsSync(file)).map(([, debian]) => debian)
  return missing.length === 0 || process.env.CI !== undefined ? false : `install Debian's ${missing.join(' and ')} to run this test in ${name}`
}

export async function launch (name: EngineName, options: Launch): Promise<Engine> {
  return await launchers[name](options)
}
