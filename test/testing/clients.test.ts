import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client/core'
import { createClient, createConfig } from '@hey-api/client-fetch'
import { configureStore } from '@reduxjs/toolkit'
import { createApi, fetchBaseQuery } from '@reduxjs/toolkit/query'
import { createTRPCClient, httpBatchLink } from '@trpc/client'
import { initTRPC } from '@trpc/server'
import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import axios from 'axios'
import fastify from 'fastify'
import { createFetch } from 'ofetch'
import createOpenapiClient from 'openapi-fetch'
import t from 'tap'
import plugin from '../..'
import { type Page, createBrowser } from '../../lib/testing'
import { APP, lines } from './scripted'

const API = 'https://api.example.com'

interface User {
  readonly id: string
  readonly name: string
}

const user: User = { id: '42', name: 'Ada' }

const trpc = initTRPC.create()
const router = trpc.router({
  rename: trpc.procedure.input((input: unknown) => input as string).mutation(({ input }): User => ({ id: '42', name: input }))
})

/** An API as its users have it: REST, GraphQL and tRPC, for one origin, with credentials. */
function api () {
  const app = fastify()
  app.register(plugin, { origin: APP, credentials: true, allowedHeaders: ['content-type', 'accept', 'authorization'] })
  app.put<{ Params: { id: string }, Body: { name: string } }>('/users/:id', async ({ params, body }) => ({ ...params, ...body }))
  app.post('/graphql', async () => ({ data: { rename: { __typename: 'User', ...user } } }))
  app.register(fastifyTRPCPlugin, { prefix: '/trpc', trpcOptions: { router } })
  return app
}

const query = 'mutation { rename(id: "42", name: "Ada") { __typename id name } }'

interface Paths {
  '/users/{id}': {
    put: {
      parameters: { path: { id: string } }
      requestBody: { content: { 'application/json': { name: string } } }
      responses: { 200: { content: { 'application/json': User } } }
    }
  }
}

/** Each is given the page's `fetch` as it is, and renames a user. */
const clients: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  async 'openapi-fetch' ({ fetch }) {
    const client = createOpenapiClient<Paths>({ baseUrl: API, fetch, credentials: 'include' })
    const { data } = await client.PUT('/users/{id}', { params: { path: { id: '42' } }, body: { name: 'Ada' } })
    return data
  },
  async ky ({ fetch }) {
    const { default: ky } = await import('ky')
    return await ky.put(`${API}/users/42`, { fetch, json: { name: 'Ada' }, credentials: 'include' }).json()
  },
  async axios ({ fetch }) {
    const client = axios.create({ adapter: 'fetch', env: { fetch }, withCredentials: true })
    const { data } = await client.put<User>(`${API}/users/42`, { name: 'Ada' })
    return data
  },
  async '@hey-api/client-fetch' ({ fetch }) {
    const client = createClient(createConfig({ baseUrl: API, fetch, credentials: 'include' }))
    const { data } = await client.put({ url: '/users/{id}', path: { id: '42' }, body: { name: 'Ada' } })
    return data
  },
  async '@reduxjs/toolkit' ({ fetch }) {
    const users = createApi({
      baseQuery: fetchBaseQuery({ baseUrl: API, fetchFn: fetch, credentials: 'include' }),
      endpoints: build => ({
        rename: build.mutation<User, User>({ query: ({ id, name }) => ({ url: `/users/${id}`, method: 'PUT', body: { name } }) })
      })
    })
    const store = configureStore({ reducer: { [users.reducerPath]: users.reducer }, middleware: base => base().concat(users.middleware) })
    return await store.dispatch(users.endpoints.rename.initiate(user)).unwrap()
  },
  async 'graphql-request' ({ fetch }) {
    const { GraphQLClient } = await import('graphql-request')
    const client = new GraphQLClient(`${API}/graphql`, { fetch, credentials: 'include' })
    const { rename: { id, name } } = await client.request<{ rename: User }>(query)
    return { id, name }
  },
  async '@trpc/client' ({ fetch }) {
    const client = createTRPCClient<typeof router>({ links: [httpBatchLink({ url: `${API}/trpc`, fetch })] })
    return await client.rename.mutate('Ada')
  },
  async ofetch ({ fetch, Headers }) {
    const client = createFetch({ fetch, Headers })
    return await client(`${API}/users/42`, { method: 'PUT', body: { name: 'Ada' }, credentials: 'include' })
  },
  async '@apollo/client' ({ fetch }) {
    const link = new HttpLink({ uri: `${API}/graphql`, fetch, credentials: 'include' })
    const client = new ApolloClient({ link, cache: new InMemoryCache() })
    const { data } = await client.mutate<{ rename: User }>({ mutation: gql(query) })
    return { id: data?.rename.id, name: data?.rename.name }
  }
}

for (const [name, rename] of Object.entries(clients)) {
  t.test(`${name} takes the page's fetch, and is blocked where a browser blocks`, async t => {
    const app = api()
    t.teardown(() => app.close())
    const browser = createBrowser(app)
    t.same(await rename(browser.open(APP)), user)
    const [preflight, actual = '', ...more] = lines(browser)
    t.match(preflight, /^preflight OPTIONS https:\/\/api\.example\.com\/\S+ 204$/)
    t.match(actual, /^(?:PUT|POST) https:\/\/api\.example\.com\/\S+ 200$/)
    t.strictSame(more, [])
    await rename(browser.open('https://evil.test')).catch(() => {})
    t.match(lines(browser)[2], /^preflight OPTIONS https:\/\/api\.example\.com\/\S+ 403$/)
  })
}
