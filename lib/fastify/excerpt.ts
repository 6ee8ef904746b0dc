const LIMIT = 256

/**
 * As much of a request's own bytes as a message or a log line repeats. Field values may have control
 * characters of ISO 8859-1, which a terminal obeys; nothing that a browser sends here has any.
 */
export function excerpt (text = ''): string {
  const shown = text.slice(0, LIMIT).replace(/[^ -~]/g, '\ufffd')
  return text.length > LIMIT ? shown + '…' : shown
}

/** The path of a URL, for the eyes of whoever reads a log: the query may hold secrets. */
export function pathOf (url: string): string {
  return excerpt(url.split(/[?#]/, 1)[0])
}
