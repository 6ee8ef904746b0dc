import net from 'node:net'
import t from 'tap'
import { keep } from './keeper'
import { randomFrom, seedOfRun } from './random'
import type { Random } from './random'

// A table that keeps one short string for each request would take several times as much.
const BOUND = 1_000_000

const BATCH = 200

/** Requests that differ in all that anybody could remember them by; the rarest answers among them leave by a log. */
function requests (random: Random, length: number): string {
  const one = (): string => {
    const name = random.int(2 ** 31).toString(36)
    const origin = random.pick([`https://${name}.root.test`, 'https://root.test', `https://b.${name}.root.test`, `https://re${name.slice(0, 4)}.test`, `https://${name}.list.test`, `https://${name}.test`, `https://root.test.${name}`, name])
    const path = random.pick([`/x/${name}`, `/list/x/${name}`, `/p/${name}`, `/${name}`, `/tenant/x/${name}?${name}`, `/any/${name}`, `/wild/${name}/${name}`])
    const asks = [`Access-Control-Request-Method: ${random.pick(['PUT', 'DELETE', `M${name.toUpperCase()}`])}`, `Access-Control-Request-Headers: x-${name}`]
    const fields = [`Origin: ${origin}`, `X-${name}: ${name}`, `X-Tenant: ${random.pick(['red', 'blue'])}`, `Sec-Fetch-Site: ${random.pick(['cross-site', name])}`]
    const isPreflight = random.chance(0.6)
    return [`${isPreflight ? 'OPTIONS' : random.pick(['GET', 'DELETE'])} ${path} HTTP/1.1`, `Host: ${random.pick(['api.test', name])}`, ...fields, ...isPreflight ? asks : [], '', ''].join('\r\n')
  }
  return Array.from({ length }, one).join('')
}

/** Sends so many requests over one connection, a batch at a time. */
async function load (port: number, random: Random, total: number): Promise<void> {
  const socket = net.connect({ port, host: '127.0.0.1' })
  for (let sent = 0; sent < total; sent += BATCH) {
    await new Promise<void>((resolve, reject) => {
      let text = ''
      let answers = 0
      const read = (chunk: Buffer): void => {
        // A status line may be cut in two: its beginning is kept for the next chunk.
        text += chunk.toString('latin1')
        answers += text.match(/HTTP\/1\.1 \d/g)?.length ?? 0
        text = /HTTP\/1\.1 \d[^]*$/.test(text.slice(-10)) ? '' : text.slice(-9)
        if (answers < BATCH) return
        socket.off('data', read)
        socket.off('close', reject)
        resolve()
      }
      socket.on('data', read)
      socket.once('close', reject)
      socket.write(requests(random, BATCH))
    })
  }
  socket.destroy()
}

for (const [port, warmUp, total, what] of [['alone', 50_000, 200_000, 'one registration, no log'], ['logged', 20_000, 60_000, 'many registrations, and a log']] as const) {
  t.test(`memory stays flat: ${what}`, { timeout: 120_000 }, async t => {
    const keeper = await keep('memory', ['--expose-gc'])
    t.teardown(async () => { await keeper.stop() })
    const seed = seedOfRun()
    const random = randomFrom(seed)
    const start = Date.now()
    await load(keeper.ports[port] ?? 0, random, warmUp)
    const before = Number(await keeper.ask('heap'))
    await load(keeper.ports[port] ?? 0, random, total - warmUp)
    const after = Number(await keeper.ask('heap'))
    t.comment(`SEED=${seed}: ${total} requests, ${Date.now() - start} ms, heap ${before} and ${after}: ${after - before} more`)
    t.ok(after - before < BOUND, `the heap grows by less than ${BOUND} bytes`, { before, after })
    t.strictSame(keeper.faults, [], 'and nothing goes wrong behind it')
  })
}
