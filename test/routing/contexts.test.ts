import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { layer } from '../../lib/routing/layer'
import { governing } from '../../lib/routing/contexts'
import type { Registration } from '../../lib/routing/contexts'
import { parseOptions } from '../../lib/options/check'
import { mayMatchRoute, pathMatcher, pathReader } from '../../lib/policy/paths'

const read = pathReader({ caseSensitive: true, ignoreTrailingSlash: false, ignoreDuplicateSlashes: false, useSemicolonDelimiter: false })

function registration (paths?: string[]): Registration {
  return {
    layer: layer(parseOptions({})),
    paths: paths && pathMatcher(paths, read),
    instance: {} as FastifyInstance // nobody looks at it here
  }
}

t.test('a path that cannot be decoded is governed by nobody who asks for it', async t => {
  const narrow = registration(['/*'])
  t.equal(governing([narrow], read, '/%zz'), undefined)
  t.equal(governing([narrow], read, '/a'), narrow)
  t.equal(governing([registration(['/b']), narrow], read, '/a'), narrow)
})

t.test('the path is not read where nobody asks for it', async t => {
  const open = registration()
  t.equal(governing([open], () => { throw new Error('was read') }, '/a'), open)
  t.equal(governing([], () => { throw new Error('was read') }, '/a'), undefined)
})

t.test('a route with a stray percent sign is compared as it is written', async t => {
  t.equal(mayMatchRoute(pathMatcher(['/100*'], read), '/100%', read), true)
  t.equal(mayMatchRoute(pathMatcher(['/200*'], read), '/100%', read), false)
})

t.test('overlays of equal content give one policy', async t => {
  const { policyWith } = layer(parseOptions({}))
  const at = (overlay: object) => policyWith(overlay, () => 'config.cors')
  const decide = () => true
  t.equal(at({ origin: /^https:\/\/a\.test$/, maxAge: 5 }), at({ maxAge: 5, origin: [/^https:\/\/a\.test$/][0] }))
  t.not(at({ origin: /^https:\/\/a\.test$/ }), at({ origin: /^https:\/\/b\.test$/ }))
  t.equal(at({ origin: decide }), at({ origin: decide }))
  t.not(at({ origin: decide }), at({ origin: () => true }))
  t.not(at({ origin: 'https://a.test' }), at({ origin: 'https://b.test' }))
})
