import { type Text, quote } from './text'

interface Value { readonly value: string }
interface Fixable extends Value { readonly fix: string }

export interface OptionFacts {
  OPTIONS_FUNCTION: object
  UNKNOWN_OPTION: { readonly key: string, readonly closest: string | undefined, readonly known: readonly string[] }
  FOREIGN_OPTION: { readonly key: string, readonly reason: string, readonly fix: string }
  MISPLACED_OPTION: { readonly key: string, readonly reason: string, readonly fix: string }
  WRONG_TYPE: { readonly expects: string, readonly got: string, readonly fix: string | undefined }
  BOOLEAN_STRING: { readonly value: string, readonly key: string }
  METHOD_TOKEN: Value
  METHOD_FORBIDDEN: Value
  METHOD_CASE: Fixable
  HEADER_TOKEN: Value
  HEADER_FORBIDDEN_REQUEST: Value
  HEADER_FORBIDDEN_RESPONSE: Value
  HEADER_OF_RESPONSES: Value
  HEADER_OF_REQUESTS: Value
  HEADER_OF_PREFLIGHTS: Value
  EXPOSED_ANY_WITH_CREDENTIALS: object
  VARY_ANY: object
  MAX_AGE: { readonly value: number, readonly fix: string }
  ENFORCE: Value
  STATUS: { readonly value: number }
  CACHE_CONTROL: { readonly value: string, readonly fix: string }
  LOG_LEVEL: Fixable
  PATHS_EMPTY: object
  PATH_RELATIVE: Fixable
  PATH_QUERY: Fixable
  PATH_ENCODING: Fixable
  PREFLIGHT_CONTRADICTION: object
}

export const optionTexts: { readonly [C in keyof OptionFacts]: Text<OptionFacts[C]> } = {
  OPTIONS_FUNCTION: {
    what: 'a function stands in the place of the options',
    why: 'options are an object, so that they can be checked at boot',
    instead: '{ delegator: (request) => ({ … }) } for options per request'
  },
  UNKNOWN_OPTION: {
    what: ({ key }) => `there is no option ${quote(key)}`,
    why: 'it would have no effect, which nobody would notice',
    instead: ({ closest, known }) => closest ?? `one of ${known.join(', ')}, or remove it`
  },
  FOREIGN_OPTION: {
    what: ({ key }) => `there is no option ${quote(key)} here`,
    why: ({ reason }) => reason,
    instead: ({ fix }) => fix
  },
  MISPLACED_OPTION: {
    what: ({ key }) => `${quote(key)} makes no sense here`,
    why: ({ reason }) => reason,
    instead: ({ fix }) => fix
  },
  WRONG_TYPE: {
    what: ({ got }) => `the value is ${got}`,
    why: ({ expects }) => `it has to be ${expects}`,
    instead: ({ expects, fix }) => fix ?? `${expects}, or leave it out`
  },
  BOOLEAN_STRING: {
    what: ({ value }) => `the value is the string ${quote(value)}, not a boolean`,
    why: 'environment variables are always strings, and every string but the empty one counts as true',
    instead: ({ value, key }) => `${value.trim().toLowerCase()} without quotes${key === 'enforce' ? '' : `, or compare: ${key}: process.env.NAME === 'true'`}`
  },
  METHOD_TOKEN: {
    what: ({ value }) => `${quote(value)} is no method`,
    why: 'a method is one or more letters, digits and some signs, without blanks (RFC 9110, 9.1)',
    instead: "each method as an item of its own, such as ['GET', 'PUT'], or one string 'GET, PUT'"
  },
  METHOD_FORBIDDEN: {
    what: ({ value }) => `${quote(value)} is a method that no page can send`,
    why: 'the Fetch standard forbids CONNECT, TRACE and TRACK to scripts',
    instead: 'the list without it'
  },
  METHOD_CASE: {
    what: ({ value }) => `${quote(value)} is a known method in other than upper case`,
    why: 'methods are case-sensitive, and routes have the upper-case one, so it would never match',
    instead: ({ fix }) => fix
  },
  HEADER_TOKEN: {
    what: ({ value }) => `${quote(value)} is no name of a header`,
    why: 'a name is one or more letters, digits and some signs, without blanks and colon (RFC 9110, 5.1)',
    instead: "each name as an item of its own, such as ['Authorization', 'X-Request-Id'], or one comma-separated string"
  },
  HEADER_FORBIDDEN_REQUEST: {
    what: ({ value }) => `${quote(value)} is a header that no page can set on a request`,
    why: 'the Fetch standard leaves it to the browser, which never asks for it in a preflight',
    instead: 'the list without it'
  },
  HEADER_FORBIDDEN_RESPONSE: {
    what: ({ value }) => `${quote(value)} is a header that no page can read`,
    why: 'the Fetch standard hides it from scripts, exposed or not; the browser stores the cookie by itself if credentials are allowed',
    instead: 'the list without it'
  },
  HEADER_OF_RESPONSES: {
    what: ({ value }) => `${quote(value)} is a header of responses`,
    why: 'pages do not send it, and this plugin sends it as the other options say',
    instead: 'the list without it'
  },
  HEADER_OF_REQUESTS: {
    what: ({ value }) => `${quote(value)} is a header of requests`,
    why: 'responses do not carry it, so that there is nothing to read',
    instead: 'the list without it'
  },
  HEADER_OF_PREFLIGHTS: {
    what: ({ value }) => `${quote(value)} is carried by answers to preflights alone`,
    why: 'no page reads those, so that it would never be found',
    instead: 'the list without it'
  },
  EXPOSED_ANY_WITH_CREDENTIALS: {
    what: "exposedHeaders is '*' and is combined with credentials: true",
    why: "with credentials, browsers take '*' for a header of that name, so that nothing would be readable",
    instead: "the headers that a page reads, such as ['ETag', 'X-Total-Count']"
  },
  VARY_ANY: {
    what: "'*' says that no answer can ever be used again",
    why: 'it switches every cache off; what this option names are request headers that the decision reads',
    instead: "those headers, such as ['X-Tenant']"
  },
  MAX_AGE: {
    what: ({ value }) => `${value} is no whole number from 0 to 86400`,
    why: 'it is in seconds, and no browser keeps the answer to a preflight for more than a day (Chromium: two hours)',
    instead: ({ fix }) => fix
  },
  ENFORCE: {
    what: ({ value }) => `${value} is no way to enforce`,
    why: "there are three: false, 'unsafe' (methods other than GET, HEAD and OPTIONS, and WebSocket upgrades) and 'all'",
    instead: "'unsafe', 'all' or false"
  },
  STATUS: {
    what: ({ value }) => `${value} is no status of success`,
    why: 'browsers refuse a preflight whose status is not from 200 to 299',
    instead: '204, or 200 for clients that do not know 204'
  },
  CACHE_CONTROL: {
    what: ({ value }) => `${value} is no field value of Cache-Control`,
    why: 'a number is whole seconds from 0 on, and a string is one line of visible ASCII without blanks at its ends',
    instead: ({ fix }) => fix
  },
  LOG_LEVEL: {
    what: ({ value }) => `${quote(value)} is no log level`,
    why: 'Fastify knows trace, debug, info, warn, error, fatal and silent',
    instead: ({ fix }) => fix
  },
  PATHS_EMPTY: {
    what: 'the list of paths is empty',
    why: 'the registration would govern nothing',
    instead: 'the paths, or leave the option out to govern every path; to switch CORS off, write origin: false'
  },
  PATH_RELATIVE: {
    what: ({ value }) => `${quote(value)} does not start with /`,
    why: 'it is compared with the whole path of a URL, so it would never match',
    instead: ({ fix }) => fix
  },
  PATH_QUERY: {
    what: ({ value }) => `${quote(value)} has a query or a fragment`,
    why: 'the path of a URL alone is compared, so it would never match',
    instead: ({ fix }) => fix
  },
  PATH_ENCODING: {
    what: ({ value }) => `${quote(value)} has a percent sign that starts no encoded UTF-8 character`,
    why: 'paths are compared in their decoded form, and this one has none',
    instead: ({ fix }) => fix
  },
  PREFLIGHT_CONTRADICTION: {
    what: 'preflight: false is combined with preflightContinue: true',
    why: 'the first leaves preflights alone, the second sets headers on them',
    instead: 'preflightContinue: true alone to have the headers set and your OPTIONS route run, or preflight: false alone to do both yourself'
  },
}
