import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { Layer } from '../../lib/routing/layer'
import { addRegistration, ensureContext, linkContexts, registrationFor } from '../../lib/routing/contexts'
import type { Registration } from '../../lib/routing/contexts'
import { parseOptions } from '../../lib/options/parse'
import { mayMatchRoute, pathMatcher, pathReader } from '../../lib/routing/paths'

const read = pathReader({ caseSensitive: true, ignoreTrailingSlash: false, ignoreDuplicateSlashes: false, useSemicolonDelimiter: false })

/** A context with a registration for each list of paths. */
function context (...paths: Array<string[] | undefined>): { readonly instance: FastifyInstance, readonly registrations: readonly Registration[] } {
  const instance = { prefix: '' } as FastifyInstance // only the prefix is read
  const own = ensureContext(instance, read)
  const registrations = paths.map(paths => addRegistration(own, parseOptions({ paths }), read))
  linkContexts([own])
  return { instance, registrations }
}

t.test('a registration with paths does not govern a path that cannot be decoded', async t => {
  const { instance, registrations: [narrow, wide] } = context(['/b'], ['/*'])
  t.equal(registrationFor(instance, read, '/%zz'), undefined)
  t.equal(registrationFor(instance, read, '/a'), wide)
  t.equal(registrationFor(instance, read, '/b'), narrow)
})

t.test('the path is read only if a registration has paths', async t => {
  const unread = () => { throw new Error('was read') }
  const { instance, registrations: [open] } = context(undefined)
  t.equal(registrationFor(instance, unread, '/a'), open)
  t.equal(registrationFor({} as FastifyInstance, unread, '/a'), undefined) // without a context
})

t.test('a route with a stray percent sign is compared as it is written', async t => {
  t.equal(mayMatchRoute(pathMatcher(['/100*'], read), '/100%', read), true)
  t.equal(mayMatchRoute(pathMatcher(['/200*'], read), '/100%', read), false)
})

t.test('overlays with equal content share a policy', async t => {
  const layer = new Layer({} as Registration, parseOptions({})) // it is only handed on
  const at = (overlay: object) => layer.with(overlay, () => 'config.cors').policy
  const decide = () => true
  t.equal(at({ origin: /^https:\/\/a\.test$/, maxAge: 5 }), at({ maxAge: 5, origin: [/^https:\/\/a\.test$/][0] }))
  t.not(at({ origin: /^https:\/\/a\.test$/ }), at({ origin: /^https:\/\/b\.test$/ }))
  t.equal(at({ origin: decide }), at({ origin: decide }))
  t.not(at({ origin: decide }), at({ origin: () => true }))
  t.not(at({ origin: 'https://a.test' }), at({ origin: 'https://b.test' }))
})
