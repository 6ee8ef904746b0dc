import type { FunctionOption, OriginOption, RegExpOption } from './world'

/** docs/origins.md: whether the origin may read. Compares one entry after the other. */
export function mayRead (option: OriginOption, nullOrigin: boolean, credentials: boolean, origin: string): boolean | 'throws' {
  if (option === false) return false
  if (option === '*' || isStarList(option)) return true
  if (option === true) return origin === 'null' ? !credentials || nullOrigin : true
  if (isFunction(option)) {
    if (origin === 'null' && !nullOrigin) return false
    if (knows(option, origin)) return true
    return option.no === 'throw' ? 'throws' : false
  }
  const entries = Array.isArray(option) ? option as ReadonlyArray<string | RegExpOption> : [option as string | RegExpOption] // what is left of the type
  return entries.some(entry => matches(entry, origin))
}

/** What every response has alike: `*`, or the one exact origin. */
export function constantOrigin (option: OriginOption, credentials: boolean): string | undefined {
  if (option === '*' || isStarList(option)) return '*'
  if (option === true) return credentials ? undefined : '*'
  const sole: unknown = Array.isArray(option) && option.length === 1 ? option[0] : option
  // Any site can have the origin `null`, so it is never sent as a constant.
  return typeof sole === 'string' && !sole.includes('*') && sole !== 'null' ? sole : undefined
}

export function isFunction (option: OriginOption): option is FunctionOption {
  return typeof option === 'object' && 'knows' in option
}

export function knows ({ knows }: { readonly knows: 'all' | readonly string[] }, origin: string): boolean {
  return knows === 'all' || knows.includes(origin)
}

function isStarList (option: OriginOption): boolean {
  return Array.isArray(option) && option.includes('*')
}

function matches (entry: string | RegExpOption, origin: string): boolean {
  if (typeof entry !== 'string') return new RegExp(entry.regexp).test(origin)
  if (!entry.includes('*')) return entry === origin
  if (origin === 'null') return false
  const wanted = parts(entry)
  const given = parts(origin)
  if (wanted.scheme !== given.scheme) return false
  if (wanted.port !== '*' && wanted.port !== given.port) return false
  if (!wanted.host.startsWith('*.')) return wanted.host === given.host
  const labels = wanted.host.slice(2).split('.')
  const givenLabels = given.host.split('.')
  return givenLabels.length > labels.length && givenLabels.slice(-labels.length).join('.') === labels.join('.')
}

function parts (origin: string): { scheme: string, host: string, port: string } {
  const [scheme = '', rest = ''] = origin.split('://')
  const [host = '', port = ''] = rest.split(':')
  return { scheme, host, port }
}
