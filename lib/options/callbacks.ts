// Functions in the callback style of Express and of @fastify/cors are told by their source: a call of the second parameter
// would fail with each request, and never at boot.

/** What may hold the name of a parameter without being code, and regular expressions, whose slashes look like comments. */
const NOT_CODE = /\/\*[^]*?\*\/|\/\/.*|'(?:[^'\\\n]|\\[^])*'|"(?:[^"\\\n]|\\[^])*"|`(?:[^`\\]|\\[^])*`|(?<=(?:^|[(,=:[!&|?{};+>\n]|return)\s*)\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/g

/** What a callback is called. One that is handed on, as in `setImmediate(cb, null, true)`, is told by its name. */
const CALLBACK_NAMES = ['cb', 'callback', 'done', 'next']

// Texts and not regular expressions, because V8 reads Unicode's tables for such a literal when it loads the module.
const NAME_CHAR = '[\\p{ID_Continue}$]'
const NAME = `[\\p{ID_Start}$_]${NAME_CHAR}*`

/**
 * Whether the function's source calls a parameter after the first: `done(…)`, `done.call(…)`, `done?.(…)`, `arguments[1](…)`,
 * `rest[0](…)`; or hands on one with the name of a callback.
 */
export function callsSecondParameter (fn: object): boolean {
  const source = Function.prototype.toString.call(fn).replace(NOT_CODE, "''")
  const { parameters, body, isArrow } = parts(source)
  const later = parameters.flatMap((parameter, i) => laterNames(parameter.trim(), i))
  const named = isArrow ? later : [...later, ...items('arguments', 1)]
  const own = new Set(later.filter(name => CALLBACK_NAMES.includes(name)))
  return named.some(name => (own.has(name) ? mentions(name) : calls(name)).test(body))
}

/** The names of a parameter, unless it has the origin alone; and those in the rest of the parameters. */
function laterNames (parameter: string, index: number): string[] {
  const [, rest, name] = new RegExp(`^(\\.\\.\\.\\s*)?(${NAME})(?=$|\\s*=)`, 'u').exec(parameter) ?? []
  if (name === undefined) return []
  if (rest !== undefined) return items(name, Math.max(1 - index, 0))
  return index === 0 ? [] : [name]
}

/** The first items that may be a callback. */
function items (list: string, first: number): string[] {
  return [`${list}[${first}]`, `${list}[${first + 1}]`]
}

function mentions (name: string): RegExp {
  return new RegExp(`(?<!${NAME_CHAR}|\\.)${name.replaceAll(/[$[\]]/g, '\\$&')}(?!${NAME_CHAR}|\\s*:)`, 'u')
}

function calls (name: string): RegExp {
  return new RegExp(`${mentions(name).source}\\s*(?:\\?\\.\\s*)?(?:\\.?(?:call|apply)\\s*)?\\(`, 'u')
}

/** The texts of the parameters, and what follows them. An arrow function without parentheses has one parameter. */
function parts (source: string): { readonly parameters: readonly string[], readonly body: string, readonly isArrow: boolean } {
  const start = source.indexOf('(')
  if (start === -1 || new RegExp(`^(?:async\\s+)?${NAME_CHAR}+\\s*=>`, 'u').test(source)) return { parameters: [], body: '', isArrow: true }
  const parameters = ['']
  let i = start
  for (let depth = 0; i < source.length; i++) {
    const char = source.charAt(i)
    if (')]}'.includes(char) && --depth === 0) break
    if (char === ',' && depth === 1) parameters.push('')
    else if (i > start) parameters.push(`${parameters.pop()}${char}`)
    if ('([{'.includes(char)) depth++
  }
  const body = source.slice(i + 1)
  return { parameters, body, isArrow: /^\s*=>/.test(body) }
}
