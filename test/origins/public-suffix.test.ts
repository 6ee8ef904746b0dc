import t from 'tap'
import { isPublicSuffix } from '../../lib/origins/public-suffix'

t.test('hosts under which strangers have names', async t => {
  for (const host of ['com', 'co.uk', 'github.io', 'vercel.app', 'internal', 'my_host', 'foo.ck']) t.equal(isPublicSuffix(host), true, host)
  for (const host of ['a.com', 'me.github.io', 'corp.internal', 'localhost', 'app.localhost', 'www.ck']) t.equal(isPublicSuffix(host), false, host)
})
