'use strict'

module.exports = async function (app) {
  app.get('/', async () => [{ id: '42' }])
  app.put('/:id', async (request) => ({ id: request.params.id }))
  app.delete('/:id', { config: { cors: false } }, async () => ({ deleted: true }))
}
