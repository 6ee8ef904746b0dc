'use strict'

// `npm audit` of what an application installs with the plugin. Any finding fails. Just a registry that cannot be
// reached, or that offers no audit, does not: nothing is known then, and a line says so.

const { spawnSync } = require('node:child_process')
const { resolve } = require('node:path')

const { stdout, stderr } = spawnSync('npm', ['audit', '--omit=dev', '--json', '--loglevel=error'], { cwd: resolve(__dirname, '..'), encoding: 'utf8' })
const report = parsed(stdout)

if (report.metadata?.vulnerabilities !== undefined) {
  const { total } = report.metadata.vulnerabilities
  console.log(total === 0 ? 'no known vulnerability' : JSON.stringify(report.vulnerabilities, null, 2))
  process.exitCode = total === 0 ? 0 : 1
} else if (hasNoAudit(report)) {
  console.log(`NOT AUDITED: the registry cannot be reached or offers no audit (${report.message ?? report.error?.summary})`)
} else {
  console.error(`npm audit failed:\n${stdout}${stderr}`)
  process.exitCode = 1
}

function parsed (text) {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

function hasNoAudit ({ statusCode, message, error }) {
  const text = `${message ?? ''} ${error?.code ?? ''} ${error?.summary ?? ''}`
  return [404, 405, 501].includes(statusCode) || /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|E40[45])\b/.test(text)
}
