'use strict'

const assert = require('node:assert/strict')
const { optionsSchema, requestSchema, routeSchema } = require('fastify-cors-policy/schema')

assert.equal(optionsSchema.properties.origin.default, '*')
assert.ok(Object.hasOwn(routeSchema.properties, 'preflight'))
assert.ok(!Object.hasOwn(requestSchema.properties, 'preflight'))
