const LIMIT = 256

/**
 * As much of a request's own bytes as a message or a log line repeats. Field values may have control
 * characters of ISO 8859-1, which a terminal obeys; nothing that a browser sends here has any.
 */
export function excerpt (text = ''): string {
  const shown = text.length > LIMIT ? text.slice(0, LIMIT) + '…' : text
  return /[^ -~…]/.test(shown) ? shown.replace(/[^ -~…]/g, '\ufffd') : shown
}

/** The path of a URL, for the eyes of whoever reads a log: the query may hold secrets. */
export function pathOf (url: string): string {
  const end = url.search(/[?#]/)
  return excerpt(end === -1 ? url : url.slice(0, end))
}
