import { declared } from './checks'
import { originTexts } from './origin-texts'
import type { Code, Facts, Problem } from './problems'
import { type Situation, type Text, anySituation, describe, listed, quote, shortened } from './wording'

// The words of every problem. Loaded only if there is one.

const { maxAge, optionsSuccessStatus, logLevel } = declared

const texts: { readonly [C in Code]: Text<Facts[C]> } = {
  ...originTexts,
  OPTIONS_FUNCTION: {
    what: 'the options are a function',
    why: 'options are an object, so that they can be checked at boot',
    instead: '{ delegator: (request) => ({ … }) } for options per request, which a delegator returns instead of giving them to a callback'
  },
  DELEGATOR_CALLBACK: {
    what: 'the function takes a callback as its second parameter',
    why: 'a delegator gets the request alone and returns the options, so each request would end with a 500',
    instead: "(request) => ({ origin: 'https://app.example.com' }), which may be async, or `false` in place of the options to switch CORS off for the request"
  },
  UNKNOWN_OPTION: {
    what: ({ key }) => `there is no option ${quote(key)}`,
    why: 'it would silently have no effect',
    instead: ({ closest, known }) => closest ?? `one of ${known.join(', ')}, or remove it`
  },
  FOREIGN_OPTION: {
    what: ({ key }) => `there is no option ${quote(key)} here`,
    why: ({ reason }) => reason,
    instead: ({ fix }) => fix
  },
  MISPLACED_OPTION: {
    what: ({ key }) => `${quote(key)} cannot be set here`,
    why: ({ reason }) => reason,
    instead: ({ fix }) => fix
  },
  WRONG_TYPE: {
    what: ({ value }) => `the value is ${describe(value)}`,
    why: ({ expects }) => `it must be ${expects}`,
    instead: ({ expects, fix }) => fix ?? `${expects}, or leave it out`
  },
  BOOLEAN_STRING: {
    what: ({ value }) => `the value is the string ${quote(value)}, not a boolean`,
    why: 'environment variables are always strings, and every string except the empty one counts as true',
    instead: ({ value, key }) => `${value.trim().toLowerCase()} without quotes${key === 'enforce' ? '' : `, or compare: ${key}: process.env.NAME === 'true'`}`
  },
  METHOD_TOKEN: {
    what: ({ value }) => `${quote(value)} is not a method`,
    why: 'a method consists of letters, digits and a few signs, without spaces (RFC 9110, 9.1)',
    instead: "each method as an item of its own, such as ['GET', 'PUT'], or one string 'GET, PUT'"
  },
  METHOD_FORBIDDEN: {
    what: ({ value }) => `${quote(value)} is a method that pages cannot send`,
    why: 'the Fetch standard forbids scripts to send CONNECT, TRACE and TRACK',
    instead: 'the list without it'
  },
  METHOD_CASE: {
    what: ({ value, fix }) => `${quote(value)} must be written ${quote(fix)}`,
    why: 'methods are case-sensitive, and routes have the one in upper case, so it would never match',
    instead: ({ fix }) => quote(fix)
  },
  HEADER_TOKEN: {
    what: ({ value }) => `${quote(value)} is not a header name`,
    why: 'a name consists of letters, digits and a few signs, without spaces or a colon (RFC 9110, 5.1)',
    instead: "each name as an item of its own, such as ['Authorization', 'X-Request-Id'], or one comma-separated string"
  },
  HEADER_FORBIDDEN_REQUEST: {
    what: ({ value }) => `${quote(value)} is a header that pages cannot set on a request`,
    why: 'the Fetch standard leaves it to the browser, which never asks for it in a preflight',
    instead: 'the list without it'
  },
  HEADER_FORBIDDEN_RESPONSE: {
    what: ({ value }) => `${quote(value)} is a header that pages cannot read`,
    why: 'the Fetch standard hides it from scripts, exposed or not; with credentials, the browser stores the cookie by itself',
    instead: 'the list without it'
  },
  HEADER_OF_RESPONSES: {
    what: ({ value }) => `${quote(value)} is a response header`,
    why: 'pages do not send it, and this plugin sends it as the other options require',
    instead: 'the list without it'
  },
  HEADER_OF_REQUESTS: {
    what: ({ value }) => `${quote(value)} is a request header`,
    why: 'responses do not carry it, so there is nothing to read',
    instead: 'the list without it'
  },
  HEADER_OF_PREFLIGHTS: {
    what: ({ value }) => `only answers to preflights carry ${quote(value)}`,
    why: 'pages cannot read those answers',
    instead: 'the list without it'
  },
  EXPOSED_ANY_WITH_CREDENTIALS: {
    what: "exposedHeaders is '*' and is combined with credentials: true",
    why: "with credentials, browsers read '*' as the name of a header, so nothing would be readable",
    instead: "the headers that a page reads, such as ['ETag', 'X-Total-Count']"
  },
  VARY_ANY: {
    what: "'*' says that no answer can ever be used again",
    why: 'it switches off every cache; this option names the request headers that the decision reads',
    instead: "those headers, such as ['X-Tenant']"
  },
  MAX_AGE: {
    what: ({ value }) => `${value} is not a whole number from ${maxAge.minimum} to ${maxAge.maximum}`,
    why: 'it is in seconds, and no browser keeps a preflight answer for more than a day (Chromium: two hours)',
    instead: ({ value }) => value > maxAge.maximum ? String(maxAge.maximum) : '0 for no caching, or a number such as 7200'
  },
  ENFORCE: {
    what: ({ value }) => `\`enforce: ${typeof value === 'string' ? quote(shortened(value)) : String(value)}\` is not a valid value`,
    why: "it can be false, 'unsafe' (methods other than GET, HEAD and OPTIONS, and WebSocket upgrades) or 'all'",
    instead: "'unsafe', 'all' or false"
  },
  STATUS: {
    what: ({ value }) => `${value} is not a success status`,
    why: `browsers reject a preflight whose status is not from ${optionsSuccessStatus.minimum} to ${optionsSuccessStatus.maximum}`,
    instead: '204, or 200 for clients that do not know 204'
  },
  CACHE_CONTROL: {
    what: ({ value }) => `${typeof value === 'string' ? JSON.stringify(value) : value} is not a value of Cache-Control`,
    why: 'a number is in whole seconds, 0 or more, and a string is one line of visible ASCII without spaces at its ends',
    instead: ({ value }) => cacheControlFix(value)
  },
  LOG_LEVEL: {
    what: ({ value }) => `${quote(value)} is not a log level`,
    why: `Fastify has ${listed(logLevel.values, 'and')}`,
    instead: ({ fix }) => quote(fix)
  },
  PATHS_EMPTY: {
    what: 'the list of paths is empty',
    why: 'the registration would govern nothing',
    instead: 'the paths, or leave the option out to govern every path; to switch CORS off, write origin: false'
  },
  PATH_RELATIVE: {
    what: ({ value }) => `${quote(value)} does not start with /`,
    why: 'it is compared with the whole path of a URL, so it would never match',
    instead: ({ fix }) => quote(fix)
  },
  PATH_QUERY: {
    what: ({ value }) => `${quote(value)} has a query or a fragment`,
    why: 'it is compared with the path of a URL only, so it would never match',
    instead: ({ fix }) => quote(fix)
  },
  PATH_ENCODING: {
    what: ({ value }) => `${quote(value)} has a percent sign that does not start an encoded UTF-8 character`,
    why: 'paths are compared in their decoded form, and this one cannot be decoded',
    instead: ({ fix }) => quote(fix)
  },
  PREFLIGHT_CONTRADICTION: {
    what: 'preflight: false is combined with preflightContinue: true',
    why: 'the first leaves preflights alone, the second sets headers on them',
    instead: 'preflightContinue: true alone to have the headers set and your OPTIONS route run, or preflight: false alone to do both yourself'
  },
}

function cacheControlFix (value: number | string): string {
  if (typeof value === 'number') return "a number of seconds such as 600, or 'no-store'"
  const seconds = value.trim()
  return /^\d+$/.test(seconds) ? `${Number(seconds)} without quotes` : "a field value such as 'public, max-age=600', or leave it out"
}

/** Every code that `error.problems` can have, for the documentation and its test. */
export const problemCodes: readonly string[] = Object.keys(texts).map(code => `FST_CORS_${code}`)

/** The three clauses of a problem. */
export function textOf<C extends Code> (code: C, facts: Facts[C], situation: Situation = anySituation): Pick<Problem, 'what' | 'why' | 'instead'> {
  const { what, why, instead }: Text<Facts[C]> = texts[code]
  const say = (part: Text<Facts[C]>['what']) => typeof part === 'string' ? part : part(facts, situation)
  return { what: say(what), why: say(why), instead: say(instead) }
}

/** The problem as one item of an error's message. */
export function sentence ({ code, pointer, what, why, instead, escape, inherited }: Problem): string {
  const owner = inherited === true ? ' of the options that these are laid over' : ''
  const place = pointer === '' ? '' : ` at ${pointer}${owner}`
  const lift = escape === undefined ? '' : `, or set dangerously.${escape}: true`
  return `${code}${place}: ${what}; ${why}. Write ${instead}${lift}.`
}
