import Fastify from 'fastify'
import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import { expectAssignable, expectError, expectNotAssignable, expectType } from 'tsd'
import corsPlugin from '..'

const app = Fastify()
app.register(corsPlugin)

const { cors } = app

// The request of `explain`, in each of its forms.
cors.explain({ origin: 'https://app.example.com', url: '/users/42' })
cors.explain({ origin: 'null', url: '/', method: 'PUT', headers: { 'content-type': 'application/json' }, credentials: true, browser: 'firefox' })
cors.explain({ origin: 'https://app.example.com', url: '/', headers: [['x-a', '1'], ['x-a', '2']], credentials: 'include' })
cors.explain({ origin: 'https://app.example.com', url: '/', method: undefined, headers: undefined, credentials: undefined, browser: undefined })
expectError(cors.explain())
expectError(cors.explain({ origin: 'https://app.example.com' }))
expectError(cors.explain({ url: '/' }))
expectError(cors.explain({ origin: null, url: '/' }))
expectError(cors.explain({ origin: 'https://app.example.com', url: '/', metod: 'PUT' }))
expectError(cors.explain({ origin: 'https://app.example.com', url: '/', headers: { 'x-a': 1 } }))
expectError(cors.explain({ origin: 'https://app.example.com', url: '/', credentials: 'yes' }))
expectError(cors.explain({ origin: 'https://app.example.com', url: '/', browser: 'netscape' }))

// The result of `explain`.
cors.explain({ origin: 'https://app.example.com', url: '/' }).then(explanation => {
  expectType<boolean | undefined>(explanation.allowed)
  expectType<string>(explanation.message)
  expectType<string | undefined>(explanation.fix)
  expectAssignable<string | undefined>(explanation.code)
  expectNotAssignable<'NoSuchCode' | undefined>(explanation.code)
  expectType<boolean>(explanation.preflight.needed)
  expectType<'OPTIONS' | undefined>(explanation.preflight.request?.method)
  expectType<number | undefined>(explanation.preflight.maxAge?.chromium)
  expectType<string | undefined>(explanation.preflight.response?.headers.vary)
  expectType<number | undefined>(explanation.response?.status)
  expectType<readonly string[]>(explanation.assumptions)
  expectType<string | undefined>(explanation.policy?.where)
  expectType<'*' | 'function' | readonly string[] | undefined>(explanation.policy?.origin)
  expectType<string | undefined>(explanation.policy?.registration.prefix)
  expectType<string | undefined>(explanation.route?.url)
  for (const step of explanation.steps) expectType<string>(step.outcome)

  // It is read-only.
  expectError(explanation.allowed = true)
  expectError(explanation.steps.push())
  expectError(explanation.policy = null)
})

expectType<string>(cors.print())
expectType<string>(cors.print({}))
expectType<string>(cors.print({ json: false }))
const [route] = cors.print({ json: true })
expectType<string | undefined>(route?.url)
expectType<readonly string[] | undefined>(route?.methods)
expectType<boolean | undefined>(route?.policy?.credentials)
expectAssignable<readonly string[] | undefined>(route?.marks)
expectError(cors.print({ jsn: true }))
expectError(cors.print('json'))

expectType<void>(cors.reconfigure({ origin: ['https://app.example.com'], credentials: true }))
expectError(cors.reconfigure())
expectError(cors.reconfigure({ orgin: '*' }))
expectError(cors.reconfigure({ credentials: true }))

declare const message: IncomingMessage
declare const message2: Http2ServerRequest
expectType<Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>>(cors.headersFor(message))
cors.headersFor(message2)
expectError(cors.headersFor('/'))
app.get('/', async request => { cors.headersFor(request.raw) })

expectType<Promise<boolean>>(cors.allows(message))
cors.allows(message2)
expectError(cors.allows())
expectError(cors.allows('/'))
// The promise must not pass for the answer.
expectNotAssignable<(info: { req: IncomingMessage }) => boolean>(({ req }: { req: IncomingMessage }) => cors.allows(req))
app.get('/allows', async request => { if (await cors.allows(request.raw)) cors.print() })

// Every context has it, and it cannot be replaced.
app.register(async child => { expectType<typeof cors>(child.cors) })
expectError(app.cors = cors)
