import http from 'node:http'
import { fuzz } from './fuzz'
import { keep } from './keeper'
import type { Keeper } from './keeper'
import { requestsOfRun, seedOfRun } from './random'
import { talk } from './wire'

// Not a test: `REQUESTS=100000 SEED=7 node .tests/test/hostile/timing.js`, after the tests have been compiled. It sends that many random
// requests, times well-behaved requests between them, and compares these with well-behaved requests between others of their kind,
// since any connection just before a request slows it down.
// LANES is how many connections there are at a time.

const SAMPLES = 2000

const CALM = Array.from({ length: 4 }, (_, i) => `GET /list/x HTTP/1.1\r\nHost: api.test\r\nOrigin: https://list.test\r\n${i === 3 ? 'Connection: close\r\n' : ''}\r\n`).join('')

async function main (): Promise<void> {
  const seed = seedOfRun()
  const lanes = Number(process.env.LANES ?? 1)
  const keeper = await keep('zoo')
  const agent = new http.Agent({ keepAlive: true })
  const sample = async (times: number[]): Promise<void> => { times.push(await timeOf(keeper, agent)) }
  const alone: number[] = []
  const quiet: number[] = []
  const busy: number[] = []
  for (let i = 0; i < 2 * SAMPLES; i++) await sample(alone)
  const calm = async (): Promise<void> => {
    while (quiet.length < 2 * SAMPLES) {
      await talk(keeper.ports.plain ?? 0, [CALM])
      await sample(quiet)
    }
  }
  await Promise.all(Array.from({ length: lanes }, calm))
  const { sent, answered, faults } = await fuzz(keeper, seed, requestsOfRun(20_000), lanes, () => sample(busy))
  for (const fault of faults) console.log(fault)
  console.log(`SEED=${seed} LANES=${lanes}: ${sent} requests, ${answered} answers, ${faults.length} faults`)
  // The first ones warm it up.
  const [nothing, well, ill] = [alone.slice(SAMPLES), quiet.slice(SAMPLES), busy].map(median)
  console.log(`median of a well-behaved request, in µs: alone ${shown(nothing)}, among well-behaved ones ${shown(well)}, among hostile ones ${shown(ill)} (${busy.length} of them): ratio ${(Number(ill) / Number(well)).toFixed(2)}`)
  agent.destroy()
  await keeper.stop()
  process.exitCode = faults.length === 0 ? 0 : 1
}

/** In microseconds, from the request to the end of its answer. */
function timeOf ({ ports }: Keeper, agent: http.Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = process.hrtime.bigint()
    const request = http.get({ port: ports.plain, host: '127.0.0.1', path: '/list/x', agent, headers: { origin: 'https://a.list.test' } }, response => {
      response.on('end', () => { resolve(Number(process.hrtime.bigint() - start) / 1000) }).resume()
    })
    request.on('error', reject)
  })
}

function median (times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN
}

function shown (time: number | undefined): string {
  return (time ?? NaN).toFixed(0)
}

main().catch((error: unknown) => { console.error(error); process.exitCode = 1 })
