import type { UnreadableReason } from '../origins/language'
import { withEncryption } from '../protocol/origin'
import { strangersMatter } from './exposure'
import type { Facts } from './problems'
import { type Text, harm, quote, trust } from './wording'

const neverSent = 'a browser never sends it in Origin, so this entry would never match'
const onlyHost = 'a browser sends only the scheme, host and port in Origin, so this entry would never match'
const noSuchName = 'DNS has no such name, so this entry would never match'

function orElse (general: string) {
  return ({ fix }: { readonly fix: string | undefined }) => fix ?? general
}

const unreadable: Readonly<Record<UnreadableReason, string>> = {
  BACKREFERENCE: 'has a back-reference',
  LOOKAROUND: 'has a look-around within another, or a position asked for within a look-behind',
  STATES: 'takes more than the 2,000 states or the steps that one may take',
  SYNTAX: 'has syntax that is not known here'
}

type OriginCode = Extract<keyof Facts, `ORIGIN_${string}` | `REGEXP_${string}`>

export const originTexts: { readonly [C in OriginCode]: Text<Facts[C]> } = {
  ORIGIN_EMPTY_LIST: {
    what: 'the list of origins is empty',
    why: 'it may be a variable that was never filled, and it would silently switch CORS off',
    instead: 'false, if no origin may read, or list the origins'
  },
  ORIGIN_UNSET: {
    what: ({ value }) => value === undefined ? 'the value is undefined' : `${quote(value)} is not an origin`,
    why: 'an environment variable may be unset, or a property of your configuration missing, and to take it as absent would let in every origin',
    instead: "the origins once the variable is set, such as ['https://app.example.com']; `process.env.NAME ?? false` to allow none without it; or leave `origin` out to allow every origin"
  },
  ORIGIN_CALLBACK: {
    what: 'the function calls its second parameter, as a callback',
    why: 'an `origin` function gets the request there and returns its answer, so each CORS request would end with a 500',
    instead: '(origin) => list.includes(origin), which may be async, or the list itself'
  },
  ORIGIN_LIST: {
    what: ({ value }) => `${quote(value)} is several values in one string`,
    why: 'it is compared as one origin, so it would never match',
    instead: ({ fix }) => fix === undefined ? 'each as an item of its own' : `each as an item of its own: ${fix}`
  },
  ORIGIN_BLANK: {
    what: ({ value }) => `${quote(value)} contains a space, a comma or a semicolon`,
    why: neverSent,
    instead: orElse("it without them, such as 'https://app.example.com'")
  },
  ORIGIN_SCHEME: {
    what: ({ value }) => `${quote(value)} has no scheme`,
    why: 'an origin is a scheme, a host and a port, and a browser sends all of it',
    instead: orElse("the whole origin, such as 'https://app.example.com'")
  },
  ORIGIN_FILE: {
    what: ({ value }) => `${quote(value)} has the scheme of files`,
    why: "a page from a file has the origin 'null', which it shares with every sandboxed frame",
    instead: "the origin of a local server, such as 'http://localhost:*', and open the page from there; older web views send 'file://', which needs dangerously.nullOrigin: true"
  },
  ORIGIN_USERINFO: {
    what: ({ value }) => `${quote(value)} contains a user name or password`,
    why: neverSent,
    instead: orElse('it without what comes before the @')
  },
  ORIGIN_PATH: {
    what: ({ value }) => `${quote(value)} has a path, which a trailing slash is too`,
    why: onlyHost,
    instead: orElse('it without the path')
  },
  ORIGIN_QUERY: {
    what: ({ value }) => `${quote(value)} has a query or a fragment`,
    why: onlyHost,
    instead: orElse('it without what follows the host')
  },
  ORIGIN_UPPER_CASE: {
    what: ({ value }) => `${quote(value)} has upper-case letters`,
    why: 'a browser sends scheme and host in lower case, so this entry would never match',
    instead: orElse('it in lower case')
  },
  ORIGIN_UNICODE: {
    what: ({ value }) => `${quote(value)} has letters outside ASCII`,
    why: 'a browser sends the host in Punycode, so this entry would never match',
    instead: orElse('the host in Punycode, which starts with xn--')
  },
  ORIGIN_HOST: {
    what: ({ value }) => `${quote(value)} has no host, or one with characters that are not allowed in host names`,
    why: neverSent,
    instead: orElse("the host as the browser's address bar shows it, such as 'https://app.example.com'")
  },
  ORIGIN_IPV4: {
    what: ({ value }) => `${quote(value)} has a host that ends in a number but is not an IPv4 address of four decimal numbers`,
    why: neverSent,
    instead: orElse("four numbers from 0 to 255 without leading zeros, such as 'http://192.0.2.1'")
  },
  ORIGIN_IPV6: {
    what: ({ value }) => `${quote(value)} does not have its IPv6 address in brackets and in compressed form`,
    why: neverSent,
    instead: orElse("the address in its shortest form, such as 'http://[2001:db8::1]'")
  },
  ORIGIN_LABEL: {
    what: ({ value }) => `${quote(value)} has an empty part between dots, or one of more than 63 characters`,
    why: noSuchName,
    instead: orElse("the host as DNS has it, such as 'https://app.example.com'")
  },
  ORIGIN_LENGTH: {
    what: ({ value }) => `'${value.slice(0, 40)}…' has a host of more than 253 characters, or a scheme that is too long`,
    why: noSuchName,
    instead: "an origin that exists, such as 'https://app.example.com'"
  },
  ORIGIN_PORT: {
    what: ({ value }) => `${quote(value)} has a port that is not a whole number from 1 to 65535 without leading zeros`,
    why: neverSent,
    instead: orElse("the port, none, or `*` for any: 'http://localhost:*'")
  },
  ORIGIN_DEFAULT_PORT: {
    what: ({ value }) => `${quote(value)} has the default port of its scheme`,
    why: 'a browser leaves it out of Origin, so this entry would never match',
    instead: orElse('it without the port')
  },
  ORIGIN_WILDCARD: {
    what: ({ value }) => `${quote(value)} has a wildcard that does not stand for the first labels or for the whole port`,
    why: "the only patterns are 'https://*.example.com', 'http://localhost:*' and 'https://*.example.com:*'; a wildcard anywhere else could let in strangers",
    instead: orElse("one of those forms, the origins one by one, a RegExp, or '*' for any origin")
  },
  ORIGIN_NULL: {
    what: ({ value }) => value === 'null'
      ? "'null' is the origin of every sandboxed frame, of files and of some redirects"
      : `${quote(value)} is the origin of every page from a file in older web views`,
    why: ({ value }) => value === 'null'
      ? 'any site can put its script into a sandboxed frame, so this lets in every site'
      : 'this lets in every file that a user opens there',
    instead: ({ value }) => `the origins that you mean, without ${quote(value)}`
  },
  ORIGIN_ANY_WITH_CREDENTIALS: {
    what: ({ written }) => `${written} is combined with credentials: true`,
    why: "browsers refuse '*' for requests with credentials, and to reflect every origin instead would give each site the user's session",
    instead: "the origins that may use the session, such as ['https://app.example.com'], or leave credentials out; to let every site use the session, write origin: true with dangerously.anyOriginWithCredentials: true"
  },
  ORIGIN_ANY_WITH_ENFORCE: {
    what: ({ written }, situation) => `${written} is combined with ${trust({ ...situation, credentials: false })}`,
    why: 'every origin is allowed, so enforce would refuse nothing',
    instead: "the origins that may call, such as ['https://app.example.com'], or origin: false to refuse all but the site itself, or leave enforce out"
  },
  ORIGIN_REFLECTED_WITH_CREDENTIALS: {
    what: 'origin: true is combined with credentials: true',
    why: "it lets every site on the web read with the user's session",
    instead: (_facts, { isDelegated }) => isDelegated
      ? "origin: request.headers.origin ?? false, if the delegator has checked it, or the origins that may use the session, such as ['https://app.example.com']"
      : "the origins that may use the session, such as ['https://app.example.com']"
  },
  ORIGIN_INSECURE_WITH_CREDENTIALS: {
    what: ({ value }, situation) => `${quote(value)} is not encrypted and is combined with ${trust(situation)}`,
    why: (_facts, situation) => `an attacker on the user's network can pose as this origin and ${harm(situation)}`,
    instead: ({ value }) => quote(withEncryption(value))
  },
  ORIGIN_PUBLIC_SUFFIX_WITH_CREDENTIALS: {
    what: ({ value, host }, situation) => host.includes('.')
      ? `${quote(value)} covers every name under the public suffix ${host} and is combined with ${trust(situation)}`
      : `${quote(value)} covers every name under the single label ${host}, which counts as a public suffix, and is combined with ${trust(situation)}`,
    why: (_facts, situation) => `strangers can have names under it and would ${harm(situation)}`,
    instead: ({ value }) => `the names that are yours, such as ${quote(value.replace('*.', 'my-name.'))}`
  },
  REGEXP_UNANCHORED: {
    what: ({ source }) => `${source} does not start with ^ and end with $`,
    why: "it would also match within longer origins, as /example\\.com$/ does in 'https://evilexample.com'",
    instead: orElse('a RegExp of the whole origin, from ^ and the scheme to $, or the origins one by one')
  },
  REGEXP_ALTERNATION: {
    what: ({ source }) => `${source} has an alternation outside a group`,
    why: '^ belongs to the first alternative only and $ to the last, so each alternative is open on one side',
    instead: orElse('the alternatives in a group, with ^ and the scheme before it and $ after it')
  },
  REGEXP_FLAGS: {
    what: ({ source, flags }) => `${source} has the ${flags.length > 1 ? 'flags' : 'flag'} ${[...flags].join(', ')}`,
    why: 'g and y make a match depend on the one before, and m lets ^ and $ match within the text',
    instead: orElse('it without')
  },
  REGEXP_UNREADABLE: {
    what: ({ source, reason }) => `${source} ${unreadable[reason]}`,
    why: 'RegExps are compiled to a table of the origins that they match, so that no Origin can keep the server busy, and this one cannot be',
    instead: "a simpler RegExp, or an origin pattern such as 'https://*.example.com'"
  },
  REGEXP_NEVER: {
    what: ({ source }) => `${source} matches no origin that a browser can send`,
    why: 'an origin has no upper-case letters, no blank, no path or trailing slash and no default port, so this entry would never match',
    instead: orElse('a RegExp of whole origins as a browser sends them, such as /^https:\\/\\/app-\\d+\\.example\\.com$/')
  },
  REGEXP_NULL: {
    what: ({ source, origin }) => `${source} matches the origin ${quote(origin)}`,
    why: ({ origin }) => origin === 'null'
      ? 'any site can get that origin with a sandboxed frame, so this lets in every site'
      : 'every page from a file has that origin in older web views, so this lets in every file that a user opens',
    instead: (_facts, situation) => `a RegExp that starts with ^ and the scheme${strangersMatter(situation) ? '' : ", or '*' for any origin"}`
  },
  REGEXP_ANY_WITH_CREDENTIALS: {
    what: ({ source, witness }, situation) => witness === undefined
      ? `${source} cannot be read, so that it may match arbitrary origins, and is combined with ${trust(situation)}`
      : `${source} lets in ${witness} and is combined with ${trust(situation)}`,
    why: (_facts, situation) => `strangers can have such an origin and would ${harm(situation)}`,
    instead: orElse('a RegExp in which every domain is spelled out, with a backslash before each dot, or the origins one by one')
  },
  REGEXP_PUBLIC_SUFFIX_WITH_CREDENTIALS: {
    what: ({ source, witness }, situation) => `${source} lets in ${witness} and is combined with ${trust(situation)}`,
    why: (_facts, situation) => `strangers can take such a name and would ${harm(situation)}`,
    instead: orElse('the names that are yours, one by one, or deploy to a domain of your own')
  },
  REGEXP_INSECURE_WITH_CREDENTIALS: {
    what: ({ source, witness }, situation) => `${source} lets in ${witness}, which is not encrypted, and is combined with ${trust(situation)}`,
    why: (_facts, situation) => `an attacker on the user's network can pose as this origin and ${harm(situation)}`,
    instead: orElse('https for every host other than localhost and loopback addresses')
  },
}
