import http from 'node:http'
import t from 'tap'
import { nginx, startNginx } from '../caches/nginx'
import { answering, ask, listen } from './command'

interface ExpressApplication extends http.RequestListener {
  use (handler: unknown): void
}
const express = module.require('express') as () => ExpressApplication // it has no types
const cors: unknown = module.require('cors')

const requests: readonly (readonly string[])[] = [
  [],
  ['--credentials', 'include'],
  ['--method', 'POST', '--send'],
  ['--method', 'PUT', '--header', 'content-type: application/json', '--send'],
  ['--method', 'PURGE', '--header', 'x-a: 1', '--header', 'x-b: 1', '--credentials', 'include', '--send'],
  ['--method', 'patch']
]

/** As the page has to write the method too, and the notes say so. */
function mended (args: readonly string[]): string[] {
  return args.map(arg => arg === 'patch' ? 'PATCH' : arg)
}

t.test('with the line for Express, every request passes', async t => {
  const { url } = await answering(t, {})
  for (const args of requests) {
    const { report } = await ask(url, args)
    const [code = ''] = report.servers.Express?.split(' with the package cors') ?? []
    const app = express()
    // eslint-disable-next-line no-new-func
    new Function('app', 'cors', code)(app, cors)
    const { status, report: after } = await ask(await listen(t, http.createServer(app)), mended(args))
    t.equal(status, 0, `${args.join(' ')}: ${after.message}`)
  }
})

const skip = nginx === undefined && process.env.CI === undefined ? 'nginx is not installed (Debian: nginx-light)' : false

t.test('with the line for nginx, every request passes, whatever the server behind it sends', { skip }, async t => {
  for (const lines of [[], ['access-control-allow-origin: https://other.test', 'access-control-allow-headers: x-a']]) {
    const { url } = await answering(t, { preflight: [404, ...lines], actual: [500, ...lines] })
    for (const args of requests) {
      const { report } = await ask(url, args)
      const [, code = ''] = report.servers.nginx?.split('in the location: ') ?? []
      const { port, stop } = await startNginx(String(nginx), `location / { proxy_pass ${new URL(url).origin}; ${code} }`)
      const { status, report: after } = await ask(`http://127.0.0.1:${port}/x`, mended(args))
      await stop()
      t.equal(status, 0, `${args.join(' ')}: ${after.message}`)
    }
  }
})

t.test('the lines name what the request needs, and nothing that is there by default', async t => {
  const { url } = await answering(t, {})
  const { report: { servers: get } } = await ask(url)
  t.strictSame(get, {
    nginx: 'in the location: add_header Access-Control-Allow-Origin "https://app.example.com" always;',
    Express: "app.use(cors({ origin: 'https://app.example.com' })) with the package cors, before authentication and routes",
    Django: 'CORS_ALLOWED_ORIGINS = ["https://app.example.com"] with django-cors-headers, its CorsMiddleware first',
    'ASP.NET Core': 'app.UseCors(policy => policy.WithOrigins("https://app.example.com")) after UseRouting, before UseAuthentication and UseAuthorization',
    S3: '[{"AllowedOrigins":["https://app.example.com"],"AllowedMethods":["GET"]}] as the CORS configuration of the bucket'
  })
  const { report: { servers: put } } = await ask(url, ['--method', 'PUT', '--header', 'content-type', '--header', 'x-a', '--credentials', 'include'])
  t.match(put.Django, 'CORS_ALLOWED_ORIGINS = ["https://app.example.com"]; CORS_ALLOW_HEADERS = (*corsheaders.defaults.default_headers, "x-a"); CORS_ALLOW_CREDENTIALS = True with')
  t.match(put['ASP.NET Core'], 'WithOrigins("https://app.example.com").WithMethods("PUT").WithHeaders("content-type", "x-a").AllowCredentials()')
  t.match(put.S3, '"AllowedMethods":["PUT"],"AllowedHeaders":["content-type","x-a"]')
  const { report: { servers: purge } } = await ask(url, ['--method', 'PURGE'])
  t.match(purge.Django, 'CORS_ALLOW_METHODS = (*corsheaders.defaults.default_methods, "PURGE")')
  t.equal(purge.S3, undefined, 'S3 knows no such method')
})

t.test('there are no lines for what headers cannot fix, and none for null', async t => {
  const redirected = await answering(t, { preflight: [302, 'location: /y'] })
  t.strictSame((await ask(redirected.url, ['--method', 'PUT'])).report.servers, {})
  const { url } = await answering(t, {})
  t.strictSame((await ask(url, ['--origin', 'null'])).report.servers, {})
  t.match((await ask(url, ['--origin', 'null'])).report.notes, [/^null is the origin of every sandboxed frame/])
})

t.test('a method in lower case has a note', async t => {
  const { url } = await answering(t, {})
  t.match((await ask(url, ['--method', 'patch'])).report.notes, ['browsers send the method patch as the page writes it, but servers know it as PATCH'])
})
