import { autoloadBeside } from './autoload'
import { bearerAuthBeside } from './bearer-auth'
import type { Beside } from './beside'
import { compressBeside } from './compress'
import { etagBeside } from './etag'
import { expressBeside } from './express'
import { helmetBeside } from './helmet'
import { httpProxyBeside } from './http-proxy'
import { jwtBeside } from './jwt'
import { mercuriusBeside } from './mercurius'
import { middieBeside } from './middie'
import { multipartBeside } from './multipart'
import { nestBeside } from './nest'
import { rateLimitBeside } from './rate-limit'
import { replyFromBeside } from './reply-from'
import { cookieBeside, sessionBeside } from './session'
import { sseBeside } from './sse'
import { staticBeside } from './static'
import { swaggerBeside } from './swagger'
import { trpcBeside } from './trpc'
import { websocketBeside } from './websocket'

/** All that is run, and so all that the documentation says is. */
export const besides: readonly Beside[] = [
  autoloadBeside, bearerAuthBeside, compressBeside, cookieBeside, etagBeside, expressBeside, helmetBeside, httpProxyBeside,
  jwtBeside, mercuriusBeside, middieBeside, multipartBeside, nestBeside, rateLimitBeside, replyFromBeside, sessionBeside,
  sseBeside, staticBeside, swaggerBeside, trpcBeside, websocketBeside
]
