'use strict'

const corsPlugin = require('fastify-cors-policy')
const preflight = require('./preflight.cjs')

preflight(corsPlugin)
