/** Calls back when the signal aborts. The function that it returns takes the listener off again. */
export function onAbort (signal: AbortSignal | undefined, callback: () => void): () => void {
  signal?.addEventListener('abort', callback, { once: true })
  return () => { signal?.removeEventListener('abort', callback) }
}
