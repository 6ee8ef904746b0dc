// Functions in the callback style of Express and of @fastify/cors are told by their source: a call of the second parameter
// would fail with each request, and never at boot.

/** What may hold the name of a parameter without being code, and regular expressions, whose slashes look like comments. */
const NOT_CODE = /\/\*[^]*?\*\/|\/\/.*|'(?:[^'\\\n]|\\[^])*'|"(?:[^"\\\n]|\\[^])*"|`(?:[^`\\]|\\[^])*`|(?<=(?:^|[(,=:[!&|?{};+>\n]|return)\s*)\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/g

/** Whether the function's source calls its second parameter: `done(…)`, `done.call(…)`, `done?.(…)`. */
export function callsSecondParameter (fn: object): boolean {
  const source = Function.prototype.toString.call(fn).replace(NOT_CODE, "''")
  const { parameters, body } = parts(source)
  const [name] = /^[\p{ID_Start}$_][\p{ID_Continue}$]*(?=$|\s*=)/u.exec(parameters[1]?.trim() ?? '') ?? []
  if (name === undefined) return false
  const called = new RegExp(`(?<![\\p{ID_Continue}$.])${name.replaceAll('$', '\\$')}\\s*(?:\\?\\.\\s*)?(?:\\.?(?:call|apply)\\s*)?\\(`, 'u')
  return called.test(body)
}

/** The texts of the parameters, and what follows them. An arrow function without parentheses has one parameter. */
function parts (source: string): { readonly parameters: readonly string[], readonly body: string } {
  const start = source.indexOf('(')
  if (start === -1 || /^(?:async\s+)?[\p{ID_Continue}$]+\s*=>/u.test(source)) return { parameters: [], body: '' }
  const parameters = ['']
  let i = start
  for (let depth = 0; i < source.length; i++) {
    const char = source.charAt(i)
    if (')]}'.includes(char) && --depth === 0) break
    if (char === ',' && depth === 1) parameters.push('')
    else if (i > start) parameters.push(`${parameters.pop()}${char}`)
    if ('([{'.includes(char)) depth++
  }
  return { parameters, body: source.slice(i + 1) }
}
