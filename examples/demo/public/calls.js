const json = (method, body) => ({ method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })

/** The calls that the page makes when it loads. */
export const calls = [
  { path: '/users/42', init: {} },
  { path: '/users/42', init: { credentials: 'include' } },
  { path: '/users/42', init: { ...json('PUT', { name: 'Ada' }), credentials: 'include' } },
  { path: '/users/42', init: { method: 'DELETE' } },
  { path: '/users/42', init: json('PATCH', { name: 'Ada' }) },
  { path: '/status', init: {} },
  { path: '/status', init: { credentials: 'include' } },
  { path: '/internal', init: json('PUT', {}) }
]
