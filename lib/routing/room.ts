import { FST_CORS_NO_ROOM } from '../errors'
import { PREFLIGHT_CONSTRAINT, type Sighting } from './recorder'
import { constraintTexts } from './routes'

// The most routes with constraints that find-my-way takes at one place.
const MOST = 31

/** The OPTIONS routes at this URL that were seen. */
function optionsRoutesAt (sightings: readonly Sighting[], wanted: string): Array<Sighting['route']> {
  return sightings.filter(({ url, route }) => url === wanted && route.method.includes('OPTIONS')).map(({ route }) => route)
}

/** Whether another route with constraints fits at this URL. */
export function hasRoom (sightings: readonly Sighting[], url: string): boolean {
  return optionsRoutesAt(sightings, url).length < MOST
}

/**
 * Throws `FST_CORS_NO_ROOM` if this OPTIONS route does not fit beside the preflight route. The preflight route is at `*` unless
 * that place was full before, and Fastify cannot remove a route, so it cannot give way to a later one.
 */
export function expectRoom (sightings: readonly Sighting[], route: Sighting['route']): void {
  if (route.url !== '*' || !route.method.includes('OPTIONS')) return
  const beside = optionsRoutesAt(sightings, '*').map(({ constraints = {} }) => constraints)
  // An application may have tried a route twice, and caught the error: the second one took no room.
  const taken = new Set(beside.map(constraints => JSON.stringify(constraintTexts(constraints))))
  if (taken.size >= MOST && beside.some(constraints => Object.hasOwn(constraints, PREFLIGHT_CONSTRAINT))) throw new FST_CORS_NO_ROOM()
}
