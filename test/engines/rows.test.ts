import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import t from 'tap'
import { type Browser, browsers, differences } from '../../lib/browser/engines'
import { root } from '../support/root'
import { engineNames, launch, without } from './engines'
import type { Seen } from './proof/outcome'
import { runForReal } from './proof/real'
import { startServer } from './proof/server'
import { runInTesting } from './proof/testing'
import { modelOf } from './rows/model'
import { scenarioOf, shown } from './rows/shown'

type Row = keyof typeof differences

const rows = Object.entries(shown).flatMap(([row, one]) =>
  'calls' in one ? [{ row: row as Row, scenario: scenarioOf(one) }] : []) // the keys of the table

t.test('the documentation names the sources of the rows that no scenario shows', async t => {
  const documented = readFileSync(join(root, 'docs/engines.md'), 'utf8')
  for (const source of Object.values(shown).flatMap(one => 'sources' in one ? one.sources : [])) t.match(documented, source)
})

for (const name of engineNames) {
  t.test(`what ${name} does in the scenario of each row is what the row says, and nothing else is`, { skip: without(name) }, async t => {
    const server = await startServer()
    const engine = await launch(name, server)
    try {
      const real = await runForReal(engine, server, rows.map(({ scenario }) => scenario))
      for (const { row, scenario } of rows) {
        const one = real.find(one => one.scenario === scenario)
        if (one === undefined) throw new Error(`${row} did not run`)
        const model = async (browser: Browser) => await runInTesting(modelOf(browser, server.port), server, one)
        const agrees = (seen: Seen) => inspect(told(seen)) === inspect(told(one.engine))
        const said = await model(browsers[name])
        t.ok(agrees(said), `${row}: the model agrees`, { engine: told(one.engine), model: told(said) })
        const { [name]: own, standard } = differences[row]
        if (own !== standard) t.notOk(agrees(await model({ ...browsers[name], [row]: standard })), `${row}: without the row it would not`)
      }
    } finally {
      await engine.close()
      await server.close()
    }
  })
}

function told ({ outcomes, requests }: Seen) {
  return { outcomes, requests }
}
