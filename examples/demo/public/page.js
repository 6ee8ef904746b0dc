import { calls } from './calls.js'
import { callFrom } from './frames.js'

const element = (name, text, className = '') => Object.assign(document.createElement(name), { textContent: text, className })
const byId = (id) => document.getElementById(id)

/** Asks the server for its explanation. The server runs no handler for it. */
async function explain (request) {
  const response = await fetch('/explain', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(request) })
  return response.json()
}

function callCell (origin, path, { method = 'GET', credentials, headers = {} }) {
  const cell = element('td', '')
  cell.append(
    element('code', `${method} ${path}`),
    element('small', `from ${origin}`),
    element('small', credentials === 'include' ? 'with credentials' : 'without credentials'),
    ...Object.entries(headers).map(([name, value]) => element('small', `${name}: ${value}`))
  )
  return cell
}

function browserCell (outcome) {
  const cell = element('td', '')
  cell.append(element('strong', outcome.through ? 'let through' : 'blocked', outcome.through ? 'through' : 'blocked'))
  if (outcome.through) cell.append(element('span', `${outcome.status} ${outcome.body}`), element('small', `headers: ${outcome.headers.join(', ')}`))
  else cell.append(element('span', outcome.message), element('small', 'Its reason is in the console alone.'))
  return cell
}

function serverCell (explanation) {
  const cell = element('td', '')
  if (explanation.error !== undefined) {
    cell.append(element('strong', 'cannot say', 'blocked'), element('span', explanation.message))
    return cell
  }
  const { allowed, code, message, fix, link, response } = explanation
  cell.append(element('strong', allowed ? 'let through' : 'blocked', allowed ? 'through' : 'blocked'))
  if (code !== undefined) cell.append(Object.assign(element('a', code), { href: link }))
  cell.append(element('span', message))
  if (fix !== undefined) cell.append(element('small', `To change that: ${fix}.`))
  if (allowed) cell.append(element('small', `readable: ${response.readable === '*' ? 'every header' : response.readable.join(', ')}`))
  return cell
}

/** Makes a call in the browser, asks the server about it, and returns a row with both answers. */
async function row (api, origin, path, init) {
  const outcome = await callFrom(origin, api + path, init)
  const { method, headers, credentials } = init
  const explanation = await explain({ origin, url: api + path, method, headers, credentials })
  const agree = outcome.through === (explanation.allowed === true)
  const tr = element('tr', '', agree ? '' : 'surprise')
  tr.append(callCell(origin, path, init), browserCell(outcome), serverCell(explanation))
  return { tr, agree }
}

const origins = await (await fetch('/origins.json')).json()
const here = window.location.origin
byId('here').textContent = here
byId('api').textContent = origins.api
byId('listed').textContent = origins.page
for (const origin of [origins.page, origins.stranger, 'null']) {
  byId('origin').append(new window.Option(origin === origins.page ? `${origin} (listed)` : origin, origin, false, origin === here))
}

function count (rows) {
  const good = rows.filter(({ agree }) => agree).length
  byId('summary').textContent = `${good} of ${rows.length} times, the browser and the server say the same.`
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

const rows = []

byId('compose').addEventListener('submit', async event => {
  event.preventDefault()
  const made = await row(origins.api, byId('origin').value, byId('path').value, composed())
  rows.unshift(made)
  byId('calls').prepend(made.tr)
  count(rows)
})

for (const { path, init } of calls) {
  const made = await row(origins.api, here, path, { credentials: 'omit', ...init })
  rows.push(made)
  byId('calls').append(made.tr)
}
count(rows)
