'use strict'

const apiServer = require('./api')
const keptLog = require('./log')
const pageServer = require('./page')

const host = '127.0.0.1'

/** Listens on the port, or on a free one if it is taken. The second try needs a new server, so `build` is called again. */
async function listen (build, port) {
  const app = await build()
  try {
    await app.listen({ host, port })
    return app
  } catch (error) {
    await app.close()
    if (error.code !== 'EADDRINUSE') throw error
    return listen(build, 0)
  }
}

const originOf = (app) => `http://${host}:${app.server.address().port}`

async function main () {
  // The API needs the page's origin when it boots. The page only asks for the API's origin later.
  const origins = { page: '', stranger: '', api: '' }
  const explain = (request) => api.cors.explain(request)
  const log = keptLog(process.stdout)
  const page = await listen(() => pageServer(origins, explain, log.take), Number(process.env.PAGE_PORT ?? 3001))
  origins.page = originOf(page)
  origins.stranger = origins.page.replace(host, 'localhost')
  const api = await listen(() => apiServer(origins.page, log), Number(process.env.API_PORT ?? 3002))
  origins.api = originOf(api)

  const stop = () => Promise.all([page.close(), api.close()])
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)

  const preflight = (origin) => `curl -i -X OPTIONS ${origins.api}/users/42 -H 'Origin: ${origin}' ` +
    "-H 'Access-Control-Request-Method: PUT'"
  console.log(`
Open ${origins.page}
(The same page at ${origins.stranger} has an origin that the API does not list.)

A preflight that is accepted, status 204:
  ${preflight(origins.page)}

A preflight that is refused, status 403:
  ${preflight('https://evil.example')}

Ctrl-C stops both servers.
`)
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
