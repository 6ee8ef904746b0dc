/** A frame with scripts of the given origin. For the origin null it is sandboxed. */
function frameOf (origin) {
  const frame = document.createElement('iframe')
  frame.hidden = true
  if (origin === 'null') frame.sandbox = 'allow-scripts'
  frame.src = origin === 'null' ? '/frame.html' : `${origin}/frame.html`
  const ready = new Promise(resolve => {
    window.addEventListener('message', function listen ({ data, source }) {
      if (source !== frame.contentWindow || data !== 'ready') return
      window.removeEventListener('message', listen)
      resolve(frame)
    })
  })
  document.body.append(frame)
  return ready
}

const frames = new Map()
let calls = 0

/** Makes a call from a page of this origin, and returns what the page sees. */
export async function callFrom (origin, url, init) {
  if (!frames.has(origin)) frames.set(origin, frameOf(origin))
  const frame = await frames.get(origin)
  const id = ++calls
  return new Promise(resolve => {
    window.addEventListener('message', function listen ({ data, source }) {
      if (source !== frame.contentWindow || data.id !== id) return
      window.removeEventListener('message', listen)
      resolve(data.outcome)
    })
    frame.contentWindow.postMessage({ id, url, init }, '*')
  })
}
