/** An element with these children, which are elements or text. Text from the server or a call never becomes markup. */
export function element (name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties)
  made.append(...children)
  return made
}

export const code = (text) => element('code', {}, text)

/** The parts of a sentence of the plugin, which starts in lower case as it does in the log, and has code between backticks. */
export function sentence (text) {
  const startsWithWord = /^(?!null )[a-z]+[ ,:]/.test(text)
  const start = startsWithWord ? text[0].toUpperCase() : text[0]
  return `${start}${text.slice(1)}.`.split(/`([^`]*)`/).map((part, index) => index % 2 === 1 ? code(part) : part)
}

/** A long name in camel case, which may break before a capital letter. */
export function breakable (name) {
  return name.split(/(?=[A-Z])/).flatMap(word => [element('wbr'), word])
}
