import assert from 'node:assert/strict'
import { optionsSchema, requestSchema, routeSchema } from 'fastify-cors-policy/schema'

assert.equal(optionsSchema.properties.origin.default, '*')
assert.ok(Object.hasOwn(routeSchema.properties, 'preflight'))
assert.ok(!Object.hasOwn(requestSchema.properties, 'preflight'))
