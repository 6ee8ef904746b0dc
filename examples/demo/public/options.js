import { code, element } from './text.js'

/** The options that govern a call, each with its value. Those that the fix names are marked. */
export function optionList (policy, fix = '') {
  const named = new Set(fix.match(/(?<=`)\w+/g))
  return element('dl', { className: 'options' }, ...Object.entries(values).map(([name, value]) => {
    const tag = named.has(name) ? [' ', element('span', { className: 'tag' }, '← change')] : []
    return element('div', { className: named.has(name) ? 'named' : '' }, element('dt', {}, code(name)), ' ', element('dd', {}, ...value(policy), ...tag))
  }))
}

const values = {
  origin: ({ origin }) => origin === 'function' ? ['a function decides'] : origin.length === 0 ? ['none: CORS is off'] : list(origin),
  methods: ({ methods }) => methods === 'routed' ? ['what the URL serves'] : list(methods),
  allowedHeaders: ({ allowedHeaders }) => allowedHeaders === '*' ? ['any'] : list(allowedHeaders),
  exposedHeaders: ({ exposedHeaders }) => exposedHeaders.length === 0 ? ['none'] : list(exposedHeaders),
  credentials: ({ credentials }) => [code(String(credentials))],
  maxAge: ({ maxAge }) => maxAge === null ? ['not sent'] : [code(String(maxAge)), ' seconds'],
  enforce: ({ enforce }) => [code(String(enforce))]
}

const list = (items) => [items].flat().flatMap((item, index) => index === 0 ? [code(item)] : [', ', code(item)])
