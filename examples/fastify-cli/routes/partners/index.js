'use strict'

module.exports = async function (app) {
  app.get('/', async () => ['Example Ltd'])
}
