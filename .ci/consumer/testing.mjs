import { createBrowser } from 'fastify-cors-policy/testing'
import testing from './testing.cjs'

await testing(createBrowser)
