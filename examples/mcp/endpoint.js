'use strict'

const { randomUUID } = require('node:crypto')
const { McpServer } = require('@modelcontextprotocol/sdk/server/mcp.js')
const { StreamableHTTPServerTransport } = require('@modelcontextprotocol/sdk/server/streamableHttp.js')

/** The options for CORS that Streamable HTTP needs, whatever the origins are. */
const cors = {
  enforce: 'all',
  methods: ['GET', 'POST', 'DELETE'],
  allowedHeaders: ['Content-Type', 'Authorization', 'Mcp-Session-Id', 'MCP-Protocol-Version', 'Last-Event-ID'],
  exposedHeaders: ['Mcp-Session-Id', 'WWW-Authenticate'],
  maxAge: 7200
}

/** A Fastify plugin: one URL, with a session for each client. */
async function endpoint (app) {
  const transports = new Map()

  async function connect () {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => { transports.set(id, transport) },
      onsessionclosed: (id) => { transports.delete(id) }
    })
    const server = new McpServer({ name: 'greeter', version: '1.0.0' })
    server.registerTool('greet', { description: 'Greets' }, () => ({ content: [{ type: 'text', text: 'Hello!' }] }))
    await server.connect(transport)
    return transport
  }

  app.route({
    method: ['GET', 'POST', 'DELETE'],
    url: '/mcp',
    handler: async (request, reply) => {
      const id = request.headers['mcp-session-id']
      const transport = id === undefined ? await connect() : transports.get(id)
      if (transport === undefined) return reply.code(404).send({ jsonrpc: '2.0', id: null, error: { code: -32001, message: 'no such session' } })
      reply.hijack()
      await transport.handleRequest(request.raw, reply.raw, request.body)
    }
  })
}

module.exports = { cors, endpoint }
