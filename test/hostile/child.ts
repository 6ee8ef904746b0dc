import { scenes } from './scenes'

// Runs the servers of one scene apart from the test, so that a crash is one that the test sees.

type Message = { readonly kind: 'ports', readonly ports: object } | { readonly kind: 'fault', readonly text: string } | { readonly kind: 'reply', readonly value: unknown }

function tell (message: Message): void {
  process.send?.(message)
}

export function fault (text: string): void {
  tell({ kind: 'fault', text })
}

process.on('uncaughtException', error => { fault(`uncaughtException: ${String(error.stack)}`) })
process.on('unhandledRejection', reason => { fault(`unhandledRejection: ${String(reason)} ${String((reason as Error | null)?.stack)}`) })
process.on('disconnect', () => { process.exit() })

async function main (): Promise<void> {
  const start = scenes[String(process.argv[2])]
  if (start === undefined) throw new Error('no such scene')
  const { ports, ask } = await start(fault)
  process.on('message', question => {
    Promise.resolve(ask?.(question)).then(value => { tell({ kind: 'reply', value }) }, (error: unknown) => { fault(String(error)) })
  })
  tell({ kind: 'ports', ports })
}

main().catch((error: unknown) => { fault(String(error)); process.exit(1) })
