import corsPlugin from 'fastify-cors-policy'
import preflight from './preflight.cjs'

await preflight(corsPlugin)
