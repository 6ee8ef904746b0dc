import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

/** Servers in a process of their own. */
export interface Keeper {
  readonly ports: Readonly<Record<string, number>>
  /** What went wrong there: uncaught exceptions, unhandled rejections, errors that the plugin logs of itself, and the end of the process. */
  readonly faults: readonly string[]
  ask (question: string): Promise<unknown>
  stop (): Promise<void>
}

interface Message { kind: 'ports' | 'fault' | 'reply', ports: Record<string, number>, text: string, value: unknown }

export async function keep (scene: string, nodeOptions: readonly string[] = []): Promise<Keeper> {
  const faults: string[] = []
  // Without what tap gives this process: measuring coverage there too would take a quarter of its time.
  const child = fork(path.join(__dirname, 'child.js'), [scene], { execArgv: [...nodeOptions] })
  const exited = new Promise<void>(resolve => {
    child.once('exit', (code, signal) => { faults.push(`the process has ended: ${String(code ?? signal)}`); resolve() })
  })
  const replies: Array<(value: unknown) => void> = []
  let started: (ports: Record<string, number>) => void = () => {}
  const ports = new Promise<Record<string, number>>((resolve, reject) => {
    started = resolve
    exited.then(() => { reject(new Error(faults.join('\n'))) }, reject)
  })
  child.on('message', (message: Message) => {
    if (message.kind === 'ports') started(message.ports)
    else if (message.kind === 'fault') faults.push(message.text)
    else replies.shift()?.(message.value)
  })
  return {
    ports: await ports,
    faults,
    ask: question => Promise.race([
      new Promise(resolve => { replies.push(resolve); child.send(question) }),
      exited.then(() => { throw new Error(faults.join('\n')) })
    ]),
    async stop () {
      if (child.exitCode !== null) return
      child.disconnect()
      await once(child, 'exit')
    }
  }
}
