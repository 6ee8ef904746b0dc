const api = import.meta.env.DEV ? import.meta.env.VITE_API ?? 'http://localhost:3000' : 'https://api.example.net'

async function call (path, init) {
  const response = await fetch(api + path, { credentials: 'include', ...init })
  return await response.json()
}

async function show () {
  const { user } = await call('/me')
  document.querySelector('#user').textContent = user === null ? 'Nobody is logged in.' : `Hello, ${user}!`
}

document.querySelector('#login').addEventListener('submit', async (event) => {
  event.preventDefault()
  const name = new FormData(event.target).get('name')
  await call('/login', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ name }) })
  await show()
})

show()
