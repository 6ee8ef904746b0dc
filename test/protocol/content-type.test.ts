import t from 'tap'
import { isSafelistedContentType } from '../../lib/protocol/content-type'

t.test('safelisted types, whatever their case, blanks and parameters', async t => {
  for (const type of ['text/plain', 'TEXT/Plain', ' text/plain ', 'text/plain;charset=utf-8', 'text/plain ; charset="x;y"', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded']) {
    t.equal(isSafelistedContentType(type), true, type)
  }
})

t.test('all others', async t => {
  for (const type of ['', ';', 'application/json', 'text/plainx', 'text/html', 'text', 'text/plain, application/json', 'application/json; text/plain', 'x; text/plain', 'text /plain']) {
    t.equal(isSafelistedContentType(type), false, type)
  }
})
