const json = (method, body) => ({ method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })

// `readers`: whom the browser lets read the answer. A page on an origin that the API lists, a page on any origin, or none.
const calls = [
  {
    path: '/users/42',
    init: {},
    readers: 'listed',
    why: 'A simple request needs no preflight. Without credentials no cookie is sent.'
  },
  {
    path: '/users/42',
    init: { credentials: 'include' },
    readers: 'listed',
    why: 'The policy allows credentials: the cookie is sent, and the page may read the answer.'
  },
  {
    path: '/users/42',
    init: { ...json('PUT', { name: 'Ada' }), credentials: 'include' },
    readers: 'listed',
    why: 'PUT and JSON are preflighted. The policy allows what the URL serves, with any header.'
  },
  {
    path: '/users/42',
    init: { method: 'DELETE' },
    readers: 'listed',
    why: 'Preflighted too: DELETE is routed at this URL.'
  },
  {
    path: '/users/42',
    init: json('PATCH', { name: 'Ada' }),
    readers: 'none',
    why: 'No route has PATCH at this URL, so the preflight does not list it.'
  },
  {
    path: '/status',
    init: {},
    readers: 'any',
    why: 'The route has its own policy: any origin, without credentials.'
  },
  {
    path: '/status',
    init: { credentials: 'include' },
    readers: 'none',
    why: 'That policy sends *, which a browser does not take for a call with credentials.'
  },
  {
    path: '/internal',
    init: json('PUT', {}),
    readers: 'none',
    why: 'The route has cors: false. Its preflight is refused, and the PUT is never sent.'
  }
]

const element = (name, text, className = '') => Object.assign(document.createElement(name), { textContent: text, className })

function row (call, outcome, listed) {
  const expected = call.readers === 'any' || (call.readers === 'listed' && listed)
  const stranger = call.readers === 'listed' && !listed
  const title = element('td', '')
  title.append(
    element('code', `${call.init.method ?? 'GET'} ${call.path}`),
    element('small', call.init.credentials === 'include' ? 'with credentials' : 'without credentials')
  )
  const verdict = outcome.through ? 'let through' : 'blocked'
  const tr = element('tr', '', outcome.through === expected ? '' : 'surprise')
  tr.append(
    title,
    element('td', verdict, `verdict ${outcome.through ? 'through' : 'blocked'}`),
    element('td', outcome.read),
    element('td', outcome.headers),
    element('td', stranger ? "This page's origin is not on the API's list." : call.why)
  )
  return { tr, asExpected: outcome.through === expected }
}

async function make (apiOrigin, { path, init }) {
  try {
    const response = await fetch(apiOrigin + path, { credentials: 'omit', cache: 'no-store', ...init })
    const body = await response.text()
    return { through: true, read: `${response.status} ${body}`, headers: [...response.headers.keys()].join(', ') }
  } catch (error) {
    return { through: false, read: `nothing (${error.message})`, headers: 'none' }
  }
}

async function run () {
  const origins = await (await fetch('/origins.json')).json()
  const here = window.location.origin
  document.getElementById('here').textContent = here
  document.getElementById('api').textContent = origins.api
  document.getElementById('listed').textContent = origins.page

  const rows = []
  for (const call of calls) {
    rows.push(row(call, await make(origins.api, call), here === origins.page))
  }
  document.getElementById('calls').replaceChildren(...rows.map(({ tr }) => tr))
  const good = rows.filter(({ asExpected }) => asExpected).length
  document.getElementById('summary').textContent = `${good} of ${rows.length} calls ended as the policy says.`
}

const button = document.getElementById('run')
button.addEventListener('click', async () => {
  button.disabled = true
  await run().finally(() => { button.disabled = false })
})
button.click()
