import { type Text, quote, quoteAll } from './text'

/** `fix` is what to write, as source code, where the intention can be told. */
interface Value { readonly value: string, readonly fix: string | undefined }
interface Expression { readonly source: string, readonly patterns: readonly string[] }

export interface OriginFacts {
  ORIGIN_EMPTY_LIST: object
  ORIGIN_LIST: Value
  ORIGIN_BLANK: Value
  ORIGIN_SCHEME: Value
  ORIGIN_FILE: Value
  ORIGIN_USERINFO: Value
  ORIGIN_PATH: Value
  ORIGIN_QUERY: Value
  ORIGIN_UPPER_CASE: Value
  ORIGIN_UNICODE: Value
  ORIGIN_HOST: Value
  ORIGIN_IPV4: Value
  ORIGIN_IPV6: Value
  ORIGIN_LABEL: Value
  ORIGIN_LENGTH: Value
  ORIGIN_PORT: Value
  ORIGIN_DEFAULT_PORT: Value
  ORIGIN_WILDCARD: Value
  ORIGIN_NULL: object
  ORIGIN_ANY_WITH_CREDENTIALS: { readonly written: string }
  ORIGIN_REFLECTED_WITH_CREDENTIALS: object
  ORIGIN_INSECURE_WITH_CREDENTIALS: { readonly value: string, readonly fix: string }
  ORIGIN_PUBLIC_SUFFIX_WITH_CREDENTIALS: { readonly value: string, readonly host: string, readonly fix: string }
  REGEXP_UNANCHORED: Expression & { readonly fix: string }
  REGEXP_ALTERNATION: { readonly source: string, readonly fix: string }
  REGEXP_FLAGS: { readonly source: string, readonly flags: string, readonly fix: string }
  REGEXP_UNSAFE: Expression
  REGEXP_NULL: { readonly source: string }
  REGEXP_ANY_WITH_CREDENTIALS: { readonly source: string }
}

const never = 'a browser never sends it in Origin, so this entry would never match'

function orElse (general: string) {
  return ({ fix }: { readonly fix: string | undefined }) => fix ?? general
}

export const originTexts: { readonly [C in keyof OriginFacts]: Text<OriginFacts[C]> } = {
  ORIGIN_EMPTY_LIST: {
    what: 'the list of origins is empty',
    why: 'it may be a variable that was never filled, and it would switch CORS off without a word',
    instead: 'false, if no origin may read, or list the origins'
  },
  ORIGIN_LIST: {
    what: ({ value }) => `${quote(value)} is several values in one string`,
    why: 'it is compared as one origin, so it would never match',
    instead: ({ fix }) => `each as an item of its own: ${fix}`
  },
  ORIGIN_BLANK: {
    what: ({ value }) => `${quote(value)} contains a blank, a comma or a semicolon`,
    why: never,
    instead: orElse("it without, such as 'https://app.example.com'")
  },
  ORIGIN_SCHEME: {
    what: ({ value }) => `${quote(value)} has no scheme`,
    why: 'an origin is a scheme, a host and a port, and a browser sends all of it',
    instead: orElse("the whole origin, such as 'https://app.example.com'")
  },
  ORIGIN_FILE: {
    what: ({ value }) => `${quote(value)} names the scheme of files`,
    why: "a page from a file has the origin 'null', which it shares with every sandboxed frame",
    instead: "the origin of a local server, such as 'http://localhost:*', and open the page from there"
  },
  ORIGIN_USERINFO: {
    what: ({ value }) => `${quote(value)} contains a user name or password`,
    why: never,
    instead: orElse('it without what precedes the @')
  },
  ORIGIN_PATH: {
    what: ({ value }) => `${quote(value)} has a path, be it only the trailing slash`,
    why: 'a browser sends scheme, host and port alone in Origin, so this entry would never match',
    instead: orElse('it without the path')
  },
  ORIGIN_QUERY: {
    what: ({ value }) => `${quote(value)} has a query or a fragment`,
    why: 'a browser sends scheme, host and port alone in Origin, so this entry would never match',
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
    what: ({ value }) => `${quote(value)} has no host, or one with characters that host names do not have`,
    why: never,
    instead: orElse("the host as the browser's address bar shows it, such as 'https://app.example.com'")
  },
  ORIGIN_IPV4: {
    what: ({ value }) => `${quote(value)} has a host that ends in a number and is no IPv4 address of four decimal parts`,
    why: never,
    instead: orElse("four numbers from 0 to 255 without leading zeros, such as 'http://192.0.2.1'")
  },
  ORIGIN_IPV6: {
    what: ({ value }) => `${quote(value)} has no IPv6 address in brackets and in its compressed form`,
    why: never,
    instead: orElse("the address in its shortest form, such as 'http://[2001:db8::1]'")
  },
  ORIGIN_LABEL: {
    what: ({ value }) => `${quote(value)} has an empty part between dots, or one of more than 63 characters`,
    why: 'DNS has no such name, so this entry would never match',
    instead: orElse("the host as DNS has it, such as 'https://app.example.com'")
  },
  ORIGIN_LENGTH: {
    what: ({ value }) => `'${value.slice(0, 40)}…' has a host of more than 253 characters or a scheme longer than any`,
    why: 'DNS has no such name, so this entry would never match',
    instead: "an origin that exists, such as 'https://app.example.com'"
  },
  ORIGIN_PORT: {
    what: ({ value }) => `${quote(value)} has a port that is no whole number from 1 to 65535 without leading zeros`,
    why: never,
    instead: orElse("the port, none, or `*` for any: 'http://localhost:*'")
  },
  ORIGIN_DEFAULT_PORT: {
    what: ({ value }) => `${quote(value)} names the default port of its scheme`,
    why: 'a browser leaves it out of Origin, so this entry would never match',
    instead: orElse('it without the port')
  },
  ORIGIN_WILDCARD: {
    what: ({ value }) => `${quote(value)} has a wildcard elsewhere than in place of the first labels or of the whole port`,
    why: "anywhere else it would let in strangers, or is a form that is not understood; only 'https://*.example.com', 'http://localhost:*' and 'https://*.example.com:*' are",
    instead: orElse("one of those forms, the origins one by one, a RegExp, or '*' for any origin")
  },
  ORIGIN_NULL: {
    what: "'null' is the origin of every sandboxed frame, of files and of some redirects",
    why: 'any site can put its script into a sandboxed frame, so this lets in everybody',
    instead: 'the origins that are meant, and leave it out',
    escape: 'nullOrigin'
  },
  ORIGIN_ANY_WITH_CREDENTIALS: {
    what: ({ written }) => `${written} is combined with credentials: true`,
    why: "browsers refuse '*' for requests with credentials, and to reflect every origin instead would give each site the user's session",
    instead: "the origins that may use the session, such as ['https://app.example.com'], or leave credentials out; knowingly, for every site, origin: true with dangerously.anyOriginWithCredentials: true",
    onlyWithCredentials: true
  },
  ORIGIN_REFLECTED_WITH_CREDENTIALS: {
    what: 'origin: true is combined with credentials: true',
    why: "it lets every site on the web read with the user's session",
    instead: "the origins that may use the session, such as ['https://app.example.com']",
    escape: 'anyOriginWithCredentials',
    onlyWithCredentials: true
  },
  ORIGIN_INSECURE_WITH_CREDENTIALS: {
    what: ({ value }) => `${quote(value)} is not encrypted and is combined with credentials: true`,
    why: "whoever controls the user's network can pose as this origin and read with the user's session",
    instead: ({ fix }) => fix,
    escape: 'insecureOrigins',
    onlyWithCredentials: true
  },
  ORIGIN_PUBLIC_SUFFIX_WITH_CREDENTIALS: {
    what: ({ value, host }) => host.includes('.')
      ? `${quote(value)} covers every name under the public suffix ${host} and is combined with credentials: true`
      : `${quote(value)} covers every name under the single label ${host}, which counts as a public suffix, and is combined with credentials: true`,
    why: "strangers can have names under it and would read with the user's session",
    instead: ({ fix }) => `the names that are yours, such as ${fix}`,
    escape: 'publicSuffixOrigins',
    onlyWithCredentials: true
  },
  REGEXP_UNANCHORED: {
    what: ({ source }) => `${source} does not start with ^ and end with $`,
    why: "it would also match within longer origins, as /example\\.com$/ does in 'https://evilexample.com'",
    instead: ({ patterns, fix }) => patterns.length > 0 ? `${quoteAll(patterns)}, or ${fix}` : fix,
    escape: 'unsafeRegex'
  },
  REGEXP_ALTERNATION: {
    what: ({ source }) => `${source} has an alternation outside a group`,
    why: '^ binds to the first alternative alone and $ to the last, so each is open at one side',
    instead: ({ fix }) => fix,
    escape: 'unsafeRegex'
  },
  REGEXP_FLAGS: {
    what: ({ source, flags }) => `${source} has the ${flags.length > 1 ? 'flags' : 'flag'} ${[...flags].join(', ')}`,
    why: 'g and y make a match depend on the one before, and m lets ^ and $ match within the text',
    instead: ({ fix }) => fix,
    escape: 'unsafeRegex'
  },
  REGEXP_UNSAFE: {
    what: ({ source }) => `${source} is not accepted by safe-regex2 (it nests or piles up repetitions, and ? counts as one)`,
    why: 'an Origin made for it could keep the server busy for a very long time',
    instead: ({ patterns }) => patterns.length > 0
      ? `${quoteAll(patterns)}, which needs no RegExp`
      : "an origin pattern such as 'https://*.example.com', or a RegExp without repetitions in repeated groups",
    escape: 'unsafeRegex'
  },
  REGEXP_NULL: {
    what: ({ source }) => `${source} matches the origin 'null'`,
    why: 'any site can get that origin by a sandboxed frame, so this lets in everybody',
    instead: "a RegExp that starts with the scheme, such as /^https:\\/\\/, or '*' for any origin",
    escape: 'nullOrigin'
  },
  REGEXP_ANY_WITH_CREDENTIALS: {
    what: ({ source }) => `${source} matches arbitrary origins and is combined with credentials: true`,
    why: "it lets strangers' sites read with the user's session",
    instead: "a RegExp that ends in a domain of yours, or an origin pattern such as 'https://*.example.com'",
    escape: 'anyOriginWithCredentials',
    onlyWithCredentials: true
  },
}
