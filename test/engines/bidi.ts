import { once } from 'node:events'
import WebSocket from 'ws'

/** What the commands that the tests use answer: https://w3c.github.io/webdriver-bidi/. */
export interface Results {
  'session.new': unknown
  'browsingContext.getTree': { readonly contexts: ReadonlyArray<{ readonly context: string, readonly children: ReadonlyArray<{ readonly context: string }> }> }
  'browsingContext.create': { readonly context: string }
  'browsingContext.navigate': unknown
  'browsingContext.close': unknown
  'script.evaluate': { readonly type: 'success', readonly result: { readonly value?: unknown } } | { readonly type: 'exception', readonly exceptionDetails: { readonly text: string } }
}

interface Answer { readonly id?: number, readonly type: string, readonly result: unknown, readonly message?: string }

/** A connection that speaks WebDriver BiDi. */
export interface Bidi {
  send<C extends keyof Results> (method: C, params: object): Promise<Results[C]>
  /** Runs an expression, waits for its promise, and reads the JSON that it has. */
  evaluate (context: string, expression: string): Promise<unknown>
  close (): void
}

export async function connect (address: string): Promise<Bidi> {
  const socket = new WebSocket(address)
  await once(socket, 'open')
  const pending = new Map<number, (answer: Answer) => void>()
  let last = 0
  socket.on('message', (data: Buffer) => {
    const answer = JSON.parse(data.toString()) as Answer // the protocol says so
    if (answer.id !== undefined) pending.get(answer.id)?.(answer)
  })
  const send: Bidi['send'] = async (method, params) => {
    const id = ++last
    const answered = new Promise<Answer>(resolve => { pending.set(id, resolve) })
    socket.send(JSON.stringify({ id, method, params }))
    const { type, result, message } = await answered
    pending.delete(id)
    if (type !== 'success') throw new Error(`${method}: ${message}`)
    return result as Results[typeof method] // the protocol says so
  }
  return {
    send,
    async evaluate (context, expression) {
      const answer = await send('script.evaluate', { expression, target: { context }, awaitPromise: true })
      if (answer.type === 'exception') throw new Error(answer.exceptionDetails.text)
      return JSON.parse(String(answer.result.value))
    },
    close: () => { socket.close() }
  }
}
