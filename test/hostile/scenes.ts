import { Writable } from 'node:stream'
import { setImmediate, setTimeout } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify'
import { listen, portOf } from '../support/exchange'
import { nonsenseServer } from './nonsense'
import { ALONE, ENCLOSURES, ROOTS, TURNS, zoo } from './zoo'

export interface Stage {
  readonly ports: Record<string, number>
  ask? (question: unknown): unknown
}

type Fault = (text: string) => void

const ERROR = 50

/** A log that nobody reads, except for what the plugin says of its own errors. */
function nullLog (fault: Fault): Writable {
  return new Writable({
    write (chunk: Buffer, _encoding, done) {
      const line = JSON.parse(chunk.toString()) as { level: number, msg: string }
      if (line.level >= ERROR && line.msg.startsWith('fastify-cors-policy')) fault(`logged: ${chunk.toString()}`)
      done()
    }
  })
}

// Short, so that a request that never ends is cut off within the time of a test.
// Node.js takes the shorter of the first two for the heads of requests, whichever it is.
const timeouts = { requestTimeout: 2000, http: { headersTimeout: 2000, requestTimeout: 2000, connectionsCheckingInterval: 200 } }

async function zooScene (fault: Fault): Promise<Stage> {
  const logger = { level: 'debug', stream: nullLog(fault) } as const
  const over = async (server: object, roots = ROOTS, enclosures = ENCLOSURES): Promise<number> => {
    const app = await zoo({ ...timeouts, ...server } as FastifyServerOptions, roots, enclosures) // http2 has types of its own
    await listen(app)
    return portOf(app)
  }
  return {
    ports: {
      plain: await over({}),
      logged: await over({ logger }),
      large: await over({ logger, http: { ...timeouts.http, maxHeaderSize: LARGE }, frameworkErrors: frameworkErrors(fault) }),
      alone: await over({}, ALONE, []),
      h2: await over({ http2: true, http: undefined, logger })
    }
  }
}

/** Fastify answers malformed URLs outside of its hooks: with the headers all the same, as the documentation has it. */
function frameworkErrors (fault: Fault) {
  return (error: Error, request: FastifyRequest, reply: FastifyReply): void => {
    const app: FastifyInstance = request.server
    Promise.resolve(app.cors.headersFor(request.raw))
      .then(headers => reply.headers(headers).code(400).send(error))
      .catch((reason: unknown) => { fault(`frameworkErrors: ${String(reason)}`) })
  }
}

/** The size of a head that one of the servers takes. */
export const LARGE = 65_536

async function functionsScene (fault: Fault): Promise<Stage> {
  const app = await nonsenseServer({ logger: { level: 'debug', stream: nullLog(fault) } })
  await listen(app)
  return { ports: { logged: portOf(app) } }
}

/** Options that take turns while requests come. */
async function swapScene (): Promise<Stage> {
  const [first] = TURNS
  const app = await zoo({}, [first], [])
  await listen(app)
  const swap = async (times: number): Promise<void> => {
    for (let i = 1; i <= times; i++) {
      app.cors.reconfigure((TURNS[i % TURNS.length] ?? first).options)
      await setImmediate()
    }
  }
  return { ports: { swap: portOf(app) }, ask: question => swap(Number(question)) }
}

async function memoryScene (fault: Fault): Promise<Stage> {
  const alone = await zoo({}, ALONE, [])
  const logged = await zoo({ logger: { level: 'info', stream: nullLog(fault) } }, ROOTS, ENCLOSURES)
  for (const app of [alone, logged]) await listen(app)
  return {
    ports: { alone: portOf(alone), logged: portOf(logged) },
    async ask () {
      // What waits for a turn of the event loop is let go first, and what the first collection has found is gone after the second.
      for (let i = 0; i < 3; i++) {
        await setTimeout(50)
        global.gc?.()
      }
      return process.memoryUsage().heapUsed
    }
  }
}

export const scenes: Readonly<Record<string, (fault: Fault) => Promise<Stage>>> = {
  zoo: zooScene, functions: functionsScene, swap: swapScene, memory: memoryScene
}
