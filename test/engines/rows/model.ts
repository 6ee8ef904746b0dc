import type { Browser } from '../../../lib/browser/engines'
import { PreflightCache } from '../../../lib/browser/preflight-cache'
import type { Agent } from '../../../lib/testing/agent'
import { Cookies } from '../../../lib/testing/cookies'
import { openPage } from '../../../lib/testing/page'
import { transportTo } from '../../../lib/testing/server'
import type { Tested } from '../proof/testing'

/** A browser for tests that is no column of the table. */
export function modelOf (browser: Browser, port: number): Tested {
  let time = Date.now()
  const now = () => time
  const transport = transportTo(`http://127.0.0.1:${port}`)
  const agent: Agent = { transport, browser, now, cache: new PreflightCache(browser), cookies: new Cookies(browser, now), sent: [] }
  return { sent: agent.sent, open: (url, options) => openPage(agent, url, options), advance: seconds => { time += seconds * 1000 } }
}
