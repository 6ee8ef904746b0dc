'use strict'

const MAX_LINES = 100

/** A stream for the API's logger. It passes each line on to `out`, and keeps those that tell of a refusal for the page. */
module.exports = function keptLog (out) {
  const refusals = []

  return {
    write (line) {
      out.write(line)
      const entry = JSON.parse(line)
      if (!entry.msg.startsWith('blocked by CORS policy')) return
      refusals.push(entry)
      if (refusals.length > MAX_LINES) refusals.shift()
    },

    /** Returns the newest line for such a call, only once: an older line must not stand for a call that left none. */
    take (call) {
      const at = refusals.findLastIndex(line => isOf(line, call))
      return at < 0 ? null : refusals.splice(at, 1)[0]
    }
  }
}

/** A browser sends `put` as `PUT`. */
function isOf (line, { origin, method, path }) {
  return line.origin === origin && line.url === path && line.method.toUpperCase() === method.toUpperCase()
}
