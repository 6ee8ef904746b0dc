import type { Given } from './schema'

// What other packages call the options: Express, Hono, Koa, Nest, Django, Flask, Spring, ASP.NET, rack-cors, nginx.

/** Without the words `cors`, `preflight`, `access-control` and `with`, which any of them may have, and in one spelling. */
const synonyms: { readonly [K in keyof Given]?: readonly string[] } = {
  origin: [
    'origins', 'alloworigin', 'alloworigins', 'allowedorigin', 'allowedorigins', 'allowedoriginpatterns', 'allowedoriginregexes',
    'originwhitelist', 'originallowlist', 'originlist', 'originpatterns', 'originregex', 'alloworiginregex', 'alloworiginfunc',
    'whitelist', 'allowlist', 'domain', 'domains', 'alloweddomains', 'allowedhosts', 'hosts', 'allowallorigins', 'originallowall',
    'resources', 'allowanyorigin', 'url', 'urls'
  ],
  methods: ['method', 'allowmethod', 'allowmethods', 'allowedmethod', 'allowedmethods', 'verbs', 'allowedverbs', 'requestmethod', 'allowanymethod'],
  allowedHeaders: [
    'header', 'headers', 'allowheader', 'allowheaders', 'allowedheader', 'requestheaders', 'acceptheaders', 'acceptedheaders', 'allowanyheader'
  ],
  exposedHeaders: ['expose', 'exposed', 'exposeheader', 'exposeheaders', 'exposedheader', 'responseheaders'],
  credentials: [
    'credential', 'cookies', 'allowcredential', 'allowcredentials', 'allowedcredentials', 'supportcredentials', 'supportscredentials', 'sendcredentials'
  ],
  maxAge: ['age', 'ttl', 'maxageseconds', 'cachemaxage', 'cachettl', 'cacheage', 'maxageinseconds'],
  enforce: ['block', 'reject', 'csrf'],
  vary: ['varyheader', 'varyheaders', 'alwayssendvary'],
  preflight: ['handlepreflight', 'enablepreflight', 'handleoptions'],
  preflightContinue: ['continue', 'passthrough', 'optionspassthrough'],
  optionsSuccessStatus: ['successstatus', 'optionsstatus', 'optionsresponsestatus', 'statuscode', 'status', 'optionssuccess', 'successcode', 'optionssuccesscode'],
  cacheControl: ['cache', 'caching'],
  delegator: ['delegate', 'optionsdelegate', 'optionsdelegator', 'getoptions', 'callback', 'dynamic', 'perrequest'],
  paths: ['path', 'pathpattern', 'urlregex', 'pathfilter', 'routes', 'route', 'mapping', 'mappings', 'pathregex'],
  dangerously: ['dangerous', 'unsafe'],
  logLevel: ['log', 'debug', 'loglevels', 'level'],
}

/** The option that other packages call `key`, if it is one of these. */
export function synonymOf (key: string, usable: readonly string[]): string | undefined {
  const plain = key.toLowerCase().replace(/[^a-z0-9]/g, '')
  const words = [plain, plain.replace(/^(?:cors)?(?:set)?(?:accesscontrol|preflight|with)?/, ''), plain.replace(/^cors/, '')]
  return usable.find(option => words.some(word => word === option.toLowerCase() || isSynonym(option, word)))
}

function isSynonym (option: string, word: string): boolean {
  return synonyms[option as keyof Given]?.includes(word) === true // an option without synonyms has none
}
