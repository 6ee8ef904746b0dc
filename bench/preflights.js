'use strict'

const { existsSync } = require('node:fs')
const http = require('node:http')
const Fastify = require('fastify')
const { session, urls } = require('./session')
const { print } = require('./table')

const EXECUTABLE = '/usr/bin/chromium'

const plugins = { '@fastify/cors': require('@fastify/cors'), 'fastify-cors-policy': require('..') }
const everyMethod = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

const settings = [
  { words: 'at its defaults', options: {} },
  { words: 'maxAge: 600', options: { maxAge: 600 } },
  { words: 'maxAge: 600, every method', options: { maxAge: 600, methods: everyMethod } }
]

/** How many preflights Chromium sends in a session, and how many of its requests the page could read. */
async function preflights ({ markdown }) {
  if (!existsSync(EXECUTABLE)) return console.log(`\nSkipped: preflights of a browser. There is no ${EXECUTABLE} (Debian package chromium).`)
  const { chromium } = require('playwright-core')
  const browser = await chromium.launch({ executablePath: EXECUTABLE, args: ['--headless', '--no-sandbox', '--disable-gpu'] })
  try {
    const rows = []
    for (const { words, options } of settings) {
      for (const [name, plugin] of Object.entries(plugins)) {
        const { sent, readable } = await count(browser, plugin, options)
        rows.push([`${name}, ${words}`, String(sent), `${readable} of ${session.length}`])
      }
    }
    const title = `Preflights that Chromium ${browser.version()} sends for ${session.length} requests to ${urls.length} URLs`
    print({ title, columns: ['plugin and options', 'preflights', 'requests that the page could read'], rows }, { markdown })
  } finally {
    await browser.close()
  }
}

async function count (browser, plugin, options) {
  let sent = 0
  const app = api(plugin, options)
  app.server.on('request', ({ method }) => { if (method === 'OPTIONS') sent++ })
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const site = http.createServer((request, response) => { response.setHeader('content-type', 'text/html').end('<title>page</title>') })
  await new Promise(resolve => { site.listen(0, '127.0.0.1', resolve) })
  const context = await browser.newContext() // with an empty preflight cache
  const page = await context.newPage()
  await page.goto(`http://127.0.0.1:${site.address().port}/`)
  const readable = await page.evaluate(run, { address, session })
  await context.close()
  site.closeAllConnections()
  site.close()
  await app.close()
  return { sent, readable }
}

function api (plugin, options) {
  const app = Fastify({ forceCloseConnections: true })
  app.register(plugin, options)
  for (const url of urls) app.route({ method: everyMethod, url, handler: (request, reply) => { reply.send({ hello: 'world' }) } })
  return app
}

/** Runs in the page: the requests one after the other, as fast as they are answered. */
async function run ({ address, session }) {
  let readable = 0
  for (const { url, init } of session) {
    try {
      await (await fetch(address + url, init)).text()
      readable++
    } catch {} // a blocked request counts as not readable
  }
  return readable
}

module.exports = { preflights }
