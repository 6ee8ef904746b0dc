import t from 'tap'
import { attack } from './attack'
import { PLACES, describe, fuzz } from './fuzz'
import { keep } from './keeper'
import { readRequests } from './messages'
import { requestsOfRun, seedOfRun } from './random'
import { ROWS } from './rows'

t.test('bytes that no client should send', { timeout: 120_000 }, async t => {
  const keeper = await keep('zoo')
  t.teardown(async () => { await keeper.stop() })

  await t.test('bytes of each kind', async t => {
    for (const place of PLACES.filter(({ port }) => port !== 'alone')) {
      for (const [name, text, wanted] of ROWS) {
        const planned = { pieces: [text], leave: readRequests(text, place.maxHeadSize).isDoubtful ? 'end' : 'wait' } as const
        const { faults, statuses } = await attack(keeper.ports[place.port] ?? 0, place.habitat, planned, place.maxHeadSize)
        t.strictSame(faults, [], `${name}, at ${place.port}`, { sent: describe(place, planned, []) })
        if (wanted !== undefined) t.strictSame(statuses, wanted, 'answered as ever', { sent: describe(place, planned, []) })
      }
    }
  })

  await t.test('random bytes', async t => {
    const seed = seedOfRun()
    const { sent, answered, faults } = await fuzz(keeper, seed, requestsOfRun(20_000), 8)
    t.comment(`SEED=${seed}: ${sent} requests, ${answered} answers`)
    for (const fault of faults) t.fail(fault)
    t.ok(answered > sent / 3, 'and most of them are answered')
  })

  t.strictSame(keeper.faults, [], 'and nothing goes wrong behind it')
})
