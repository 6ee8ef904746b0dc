const LIMIT = 256

/** As much of a request's own bytes as a message or a log line repeats. */
export function excerpt (text = ''): string {
  return text.length > LIMIT ? text.slice(0, LIMIT) + '…' : text
}

/** The path of a URL, for the eyes of whoever reads a log: the query may hold secrets. */
export function pathOf (url: string): string {
  return excerpt(url.split(/[?#]/, 1)[0])
}
