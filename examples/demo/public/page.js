import { calls } from './calls.js'
import { card } from './card.js'
import { callFrom } from './frames.js'
import { code, element } from './text.js'

const byId = (id) => document.getElementById(id)

async function post (path, body) {
  const response = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
  return response.json()
}

/** Makes a call in the browser, and asks the server about it. The server runs no handler for its explanation. */
async function make (api, origin, path, init) {
  const { method = 'GET', headers = {}, credentials } = init
  const outcome = await callFrom(origin, api + path, init)
  const explanation = await post('/explain', { origin, url: api + path, method, headers, credentials })
  const { line } = await post('/logged', { origin, method, path: new URL(api + path).pathname })
  const agree = outcome.through === (explanation.allowed === true)
  return { origin, path, method, headers, credentials, outcome, explanation, line, agree }
}

const made = []

/** Shows a call among those that the browser blocked, or those that it let through. */
function show (call, place) {
  const shown = card(call)
  byId(call.outcome.through ? 'readable' : 'blocked')[place](shown.root)
  made.push(call)
  const through = made.filter(({ outcome }) => outcome.through).length
  byId('readable-count').textContent = through
  byId('blocked-count').textContent = made.length - through
  return shown
}

function sayCount (before = '') {
  const good = made.filter(({ agree }) => agree).length
  byId('summary').textContent = `${before}${good} of ${made.length} times, the browser and the server say the same.`
}

/** Reads one header from each line, as `name: value`. */
function readHeaders (text) {
  return Object.fromEntries(text.split('\n').filter(line => line.trim() !== '').map(line => {
    const [name, ...value] = line.split(':')
    return [name.trim(), value.join(':').trim()]
  }))
}

function composed () {
  const method = byId('method').value
  const hasBody = !['GET', 'HEAD'].includes(method.toUpperCase())
  const headers = readHeaders(byId('headers').value)
  return { method, headers, credentials: byId('credentials').value, ...(hasBody && { body: '{}' }) }
}

const origins = await (await fetch('/origins.json')).json()
const here = window.location.origin
const isListed = here === origins.page
const other = isListed ? origins.stranger : origins.page
byId('api').textContent = origins.api
byId('here').append(
  'The origin of this page is ', code(here), isListed ? ', which the API lists. ' : ', which the API does not list. ',
  'Open it at ', element('a', { href: other }, code(other)), isListed ? ', which the API does not list.' : ', which the API lists.'
)
for (const origin of [origins.page, origins.stranger, 'null']) {
  byId('origin').append(new window.Option(origin === origins.page ? `${origin} (listed)` : origin, origin, false, origin === here))
}

byId('compose').addEventListener('submit', async event => {
  event.preventDefault()
  const call = await make(origins.api, byId('origin').value, byId('path').value, composed())
  const { root, open } = show(call, 'prepend')
  if (call.outcome.through) byId('readable-calls').open = true
  open(true)
  // The second call matters where the card is longer than the screen.
  for (const part of [root, root.firstChild]) part.scrollIntoView({ block: 'nearest' })
  sayCount(`${call.method} ${call.path} was ${call.outcome.through ? 'let through' : 'blocked'}. `)
})

for (const { path, init } of calls) {
  const { open } = show(await make(origins.api, here, path, { credentials: 'omit', ...init }), 'append')
  const isFirstBlocked = made.filter(({ outcome }) => !outcome.through).length === 1 && !made.at(-1).outcome.through
  open(isFirstBlocked)
}
sayCount()
