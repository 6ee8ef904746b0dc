// For a page: an EventSource cannot send Authorization, fetch can.

export async function * lines (url, { headers, separator = '\n', fetch = globalThis.fetch, signal }) {
  const response = await fetch(url, { headers, signal })
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)
  const decoder = new TextDecoder()
  const reader = response.body.getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const parts = (rest + decoder.decode(value, { stream: true })).split(separator)
    rest = parts.pop()
    yield * parts
  }
}

export async function * events (url, options) {
  for await (const block of lines(url, { ...options, separator: '\n\n' })) {
    yield Object.fromEntries(block.split('\n').map((line) => line.split(': ', 2)))
  }
}
