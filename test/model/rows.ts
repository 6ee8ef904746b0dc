import type { Ask, Context, Route, World } from './world'

/** Worlds in which intent and outcome have differed, or would by a bug of the kind that the plugin once had. */
export const rows: ReadonlyArray<{ readonly it: string, readonly world: World }> = [
  {
    it: 'a preflight that several policies may answer varies by the origin that chooses among them',
    world: world({
      registrations: [{ origin: 'https://app.a.test' }],
      routes: [
        route({ methods: ['PUT'], version: '1.0.0' }),
        route({ methods: ['PUT'], version: '2.0.0', cors: { origin: 'https://b.test' } })
      ]
    }, [
      ask({ method: 'PUT', headers: { 'accept-version': '1.0.0' } }),
      ask({ method: 'PUT', headers: { 'accept-version': '2.0.0' }, page: 'https://b.test' })
    ])
  },
  {
    it: 'a parameter in the prefix of a context is one segment: nobody answers preflights for URLs with more',
    world: world({
      children: [context({ prefix: '/:tenant', children: [context({ prefix: '/items', registrations: [{ origin: '*' }] })] })]
    }, [ask({ method: 'PUT', url: 'https://api.test/v1/items/7' }), ask({ method: 'PUT', url: 'https://api.test/v1/deep/items' })])
  },
  {
    it: 'an OPTIONS route says nothing of who may use another method at its URL',
    world: world({
      registrations: [{ origin: ['https://app.a.test'] }],
      routes: [
        route({ methods: ['PUT'], url: '/items/7', cors: false }),
        route({ methods: ['OPTIONS', 'PUT'], url: '/items/:id', cors: { allowedHeaders: ['X-One'] } })
      ]
    }, ['DELETE', 'OPTIONS', 'PUT'].flatMap(method => ['7', '8'].map(id => ask({ method, url: `https://api.test/items/${id}`, headers: { 'X-One': '1' } }))))
  },
  {
    it: 'the origin null is told to nobody else, though it is the only one',
    world: world({
      registrations: [{ origin: ['null'], dangerously: { nullOrigin: true } }], routes: [route({})]
    }, ['null', 'https://app.a.test'].map(page => ask({ page })))
  },
  {
    it: 'a preflight accepted for one version is not one for another: the request is held, and so is a GET with the version',
    world: world({
      registrations: [{ origin: ['https://app.a.test', 'https://b.test'], credentials: true }],
      routes: [
        route({ methods: ['PUT', 'GET'], version: '1.0.0' }),
        route({ methods: ['PUT', 'GET'], version: '2.0.0', cors: { origin: ['https://b.test', 'https://*.b.test'] } })
      ]
    }, [
      ask({ method: 'PUT', headers: { 'accept-version': '2.0.0' } }),
      ask({ method: 'PUT', headers: { 'accept-version': '1.0.0' } }),
      ask({ headers: { 'accept-version': '2.0.0' } })
    ])
  },
  {
    it: 'no spelling of a URL slips from one policy to another',
    world: world({
      registrations: [{ paths: ['/files/a/*'], origin: ['https://b.test', 'https://*.b.test'], enforce: 'all' }, { origin: '*' }],
      routes: [route({ url: '/files/*' })]
    }, ['/files/a/b', '/files/a%2Fb', '/files/%61/b', '/files/x/a/b', '/f%69les/a/b?/files/x'].map(path => ask({ url: 'https://api.test' + path })))
  },
  {
    it: 'an answer to a preflight says nothing of methods under another policy at the same URL',
    world: world({
      registrations: [{ origin: ['https://app.a.test', 'https://b.test'], maxAge: 600 }],
      routes: [route({ methods: ['PUT'] }), route({ methods: ['DELETE'], cors: false }), route({ methods: ['PATCH'] })]
    }, ['PUT', 'PATCH', 'DELETE', 'PUT', 'patch'].map(method => ask({ method })))
  },
  {
    it: 'the 401 of a hook before the plugin can be read',
    world: world({
      first: 'routes',
      children: [context({ prefix: '/v1', gate: 'before the registrations', registrations: [{ origin: ['https://app.a.test', 'https://b.test'], credentials: true }], routes: [route({})] })]
    }, [
      ask({ url: 'https://api.test/v1/items', credentials: 'include' }),
      ask({ url: 'https://api.test/v1/items', credentials: 'include', page: 'https://evil.test' }),
      ask({ url: 'https://api.test/v1/items', headers: { Authorization: 'a' } })
    ])
  },
  {
    it: 'where nobody governs, headers and Vary of the application are left alone, hooks before the plugin or not',
    world: world({
      children: [context({ prefix: '/v1', gate: 'before the registrations', registrations: [{ origin: ['https://app.a.test', 'https://b.test'], paths: ['/v1/items/7'] }], routes: [route({ reply: 'sends Vary' }), route({ url: '/items/7', reply: 'streams own' })] })]
    }, [
      ask({ url: 'https://api.test/v1/items', page: 'https://api.test' }),
      ask({ url: 'https://api.test/v1/items', page: 'https://api.test', headers: { Authorization: 'a' } }),
      ask({ url: 'https://api.test/v1/items/7', page: 'https://evil.test' })
    ])
  },
  {
    it: 'CORS headers of a handler are replaced, whichever way it answers, and left alone where CORS is off',
    world: world({
      registrations: [{ origin: ['https://app.a.test', 'https://b.test'], exposedHeaders: ['X-Total'] }],
      routes: [
        route({ url: '/items', reply: 'sends own' }), route({ url: '/items/7', reply: 'hijacks own' }), route({ url: '/files/a/b', reply: 'streams own' }),
        route({ url: '/off', reply: 'hijacks own', cors: false }), route({ url: '/off/raw', reply: 'sends raw own', cors: { origin: false } })
      ]
    }, ['/items', '/items/7', '/files/a/b', '/off', '/off/raw'].flatMap(path =>
      ['https://app.a.test', 'https://evil.test'].map(page => ask({ url: 'https://api.test' + path, page }))))
  },
  {
    it: 'what the paths of a child let through goes to the registration around it, the 404s to the root',
    world: world({
      registrations: [{ origin: ['https://b.test', 'https://*.b.test'] }],
      children: [context({ prefix: '/v1', registrations: [{ origin: 'https://app.a.test', paths: ['/v1/items', '/v1/nowhere'] }], routes: [route({ methods: ['GET', 'PUT'] }), route({ url: '/items/:id', methods: ['GET', 'PUT'] })] })]
    }, ['/v1/items', '/v1/items/7', '/v1/nowhere'].flatMap(path => ['https://app.a.test', 'https://b.test'].flatMap(page =>
      ['GET', 'PUT'].map(method => ask({ url: 'https://api.test' + path, page, method })))))
  }
]

function world (root: Partial<Context>, asks: readonly Ask[]): World {
  return { browser: 'chromium', router: {}, root: context(root), asks }
}

function context (made: Partial<Context>): Context {
  return { prefix: '', registrations: [], routes: [], children: [], first: 'registrations', awaited: false, gate: 'none', ...made }
}

function route (made: Partial<Route>): Route {
  return { methods: ['GET'], url: '/items', reply: 'sends', ...made }
}

function ask (made: Partial<Ask>): Ask {
  return { page: 'https://app.a.test', url: 'https://api.test/items', method: 'GET', headers: {}, credentials: 'same-origin', mode: 'cors', wait: 0, ...made }
}
