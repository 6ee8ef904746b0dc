import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const usage = `Says whether a browser lets a page read what a server answers, and if not, why.

  npx fastify-cors-policy <url> --origin <origin> [options]

  --origin <origin>         the origin of the page, such as https://app.example.com, or null
  --method <method>         as the page writes it: patch is not PATCH (default: GET)
  --header 'name: value'    a header that the page sets; again for each one
  --credentials <mode>      omit, same-origin (default) or include, as in fetch
  --browser <name>          chromium (default), firefox, webkit, or standard for the Fetch standard
  --send                    send the request even if it may change something on the server
  --insecure                accept any certificate
  --json                    print data instead of text
  -h, --help                print this
  -v, --version             print the version

It sends preflights, and GET and HEAD requests as far as a browser would send them. It sends any other request only
with --send, and without a body.

Status: 0 the page may read the response (without --send: the preflight was accepted), 1 the browser blocks it,
2 it is not known: wrong usage, no answer, or nothing could be sent without --send.
`

/** The version of the package; its manifest is three folders above this one's compiled form. */
export function version (): string {
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8'))
  return (manifest as { version: string }).version // npm publishes no package without one
}
