import t from 'tap'
import { createBrowser } from '../../lib/testing'
import { example, start } from './program'
import type { Program } from './program'

async function put (program: Program, host: string, origins: unknown) {
  const response = await fetch(new URL(`/tenants/${host}`, program.address), { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ origins }) })
  return { status: response.status, body: await response.json() as { problems?: { code: string, pointer: string, instead: string }[] } }
}

t.test('each tenant has origins of its own, and bad ones are refused where they are entered', async t => {
  const program = await start(t, [example('tenants.js')])
  const browser = createBrowser(program.address)
  const cart = async (origin: string, host: string) => await (await browser.open(origin).fetch(`https://${host}/cart`, { credentials: 'include', headers: { 'x-a': '1' } })).json()
  t.strictSame(await cart('https://red.example', 'red.api.example.com'), { cart: 'red.api.example.com' })
  t.strictSame(await cart('https://shop.blue.example', 'blue.api.example.com'), { cart: 'blue.api.example.com' })
  const blocked = { cause: { code: 'PreflightMissingAllowOriginHeader' } }
  await t.rejects(cart('https://red.example', 'blue.api.example.com'), blocked)
  await t.rejects(cart('https://green.example', 'green.api.example.com'), blocked, 'there is no such tenant')

  const bad = await put(program, 'green.api.example.com', ['https://green.example', 'https://Green.example/'])
  t.equal(bad.status, 400)
  t.match(bad.body.problems, [{ pointer: '/origin/1', instead: /https:\/\/green\.example/ }])
  await t.rejects(cart('https://green.example', 'green.api.example.com'), blocked, 'nothing was saved')
  t.equal((await put(program, 'green.api.example.com', ['https://green.example'])).status, 200)
  browser.advance(60)
  t.strictSame(await cart('https://green.example', 'green.api.example.com'), { cart: 'green.api.example.com' })
  await t.rejects(browser.open('https://red.example').fetch('https://red.api.example.com/tenants/red.api.example.com', { method: 'PUT' }), blocked)

  const { headers } = await fetch(new URL('/cart', program.address))
  t.equal(headers.get('vary'), 'Origin')
})
