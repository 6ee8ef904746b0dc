import Fastify from 'fastify'
import { createBrowser } from '../../lib/testing'

// Under `exactOptionalPropertyTypes`, where the members of an argument are not `undefined`.

const browser = createBrowser({ 'https://api.example.com': Fastify() }, { browser: 'firefox' })
const page = browser.open('https://app.example.com')
const likeTheGlobalOne: typeof fetch = page.fetch

export const taken: readonly unknown[] = [likeTheGlobalOne, page.fetch satisfies typeof fetch, page.Request satisfies typeof Request]
