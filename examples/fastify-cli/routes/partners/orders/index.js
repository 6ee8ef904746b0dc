'use strict'

module.exports = async function (app) {
  app.put('/:id', async (request) => ({ ordered: request.params.id }))
}
