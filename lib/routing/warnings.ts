import type { FastifyInstance } from 'fastify'
import { pathMatcher, mayMatchRoute } from './paths'
import { type Application, registrationsOf } from './application'
import type { Registration } from './contexts'
import { placeOf, sayPlace } from './place'

/** What the log says once the application is ready: mistakes that no request would show. Each is one line. */
export function warningsOf (application: Application): string[] {
  return [...idle(application).map(registration => sayIdle(application, registration)), ...hasOtherPlugin(application) ? [OTHER_PLUGIN] : []]
}

const OTHER_PLUGIN = '@fastify/cors is registered in the same application (`enableCors()` of Nest adds it), and answers preflights and sets CORS headers by rules of its own: remove it'

/** The registrations that govern no route. One that governs every path of the application is not among them: it also governs its 404s. */
function idle (application: Application): Registration[] {
  const { contexts, root, seesAll, knownRoutes } = application
  const governing = new Set(knownRoutes.flatMap(each => registrationsOf(application, each)))
  const needed = new Set([...governing].map(({ plugins }) => plugins).filter(isGuest))
  return contexts.flatMap(({ registrations }) => registrations).filter(registration => {
    const isOnRoot = registration.instance === root
    return !governing.has(registration) && !needed.has(registration.plugins) && (isOnRoot ? seesAll && registration.paths !== undefined : true)
  })
}

/**
 * Whether a registration is by a plugin that runs in a context of another one, as those in fastify-plugin do. The same plugin
 * may run in several contexts: `cascadeHooks` of @fastify/autoload runs a file for each folder below, also for those without routes.
 */
function isGuest (plugins: string): boolean {
  return plugins.split(' -> ').length > 2 // the last one is this plugin
}

function sayIdle (application: Application, registration: Registration): string {
  return `${sayPlace(placeOf(registration))} governs no route${application.seesAll ? '' : ' that fastify-cors-policy could see'}: ${hint(application, registration)}`
}

function hint (application: Application, registration: Registration): string {
  const { paths } = registration.layer.settings
  if (paths === undefined) return isGuest(registration.plugins) ? `${HINT}. ${ABOVE_FOLDERS}` : HINT
  const { prefix } = registration.instance
  const prefixed = paths.map(path => prefix + path)
  const matcher = pathMatcher(prefixed, application.read)
  const isMeant = prefix !== '' && application.knownRoutes.some(({ instance, url }) => isInside(instance, registration.instance) && mayMatchRoute(matcher, url, application.read))
  return isMeant
    ? `\`paths\` are compared with the whole path of a request, with the prefix: write \`paths: [${prefixed.map(path => `'${path}'`).join(', ')}]\``
    : 'no URL of a route in its context matches its `paths`'
}

/** A context that has no routes is most often that of a plugin file, as the layouts of fastify-cli and @fastify/autoload have them. */
const HINT = 'it governs only routes of its own context and of those inside. If it is in the file of a plugin, wrap that plugin in fastify-plugin, or else the file has a context of its own'

/** @fastify/autoload runs such a file for its own folder only, in a context that the folders below do not share. */
const ABOVE_FOLDERS = 'If it is in an autohooks file, give @fastify/autoload `cascadeHooks: true`, so that it governs the folders below too'

/** Whether a context is another one or inside it: contexts are linked by prototype. */
function isInside (instance: FastifyInstance, outer: FastifyInstance): boolean {
  return instance === outer || Object.prototype.isPrototypeOf.call(outer, instance)
}

/**
 * The decorator of @fastify/cors is known in its context and inside it, so every context that has a route is asked. The name
 * of the plugin would not do: Nest calls it without registering it.
 */
function hasOtherPlugin ({ root, knownRoutes }: Application): boolean {
  const instances = new Set([root, ...knownRoutes.map(({ instance }) => instance)])
  return [...instances].some(instance => instance.hasRequestDecorator('corsPreflightEnabled'))
}

/** For the error about a `config.cors` that no registration governs: the registrations that may have been meant to. */
export function elsewhere ({ root, contexts }: Application): string {
  const inside = contexts.filter(({ instance }) => instance !== root).flatMap(({ registrations }) => registrations)
  return inside.length === 0 ? '' : ` There is ${inside.map(each => sayPlace(placeOf(each))).join(' and ')}: ${HINT}.`
}
