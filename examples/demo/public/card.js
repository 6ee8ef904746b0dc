import { optionList } from './options.js'
import { breakable, code, element, sentence } from './text.js'

let cards = 0

/** A call with both answers: a heading with a button, and what it opens. `made` is what `make` in page.js returns. */
export function card (made) {
  const id = `call-${++cards}`
  const answer = element('div', { id, className: 'answer', hidden: true }, ...answers(made))
  const button = element('button', { type: 'button' }, code(`${made.method} ${made.path}`), ' ', ...circumstances(made))
  button.setAttribute('aria-controls', id)
  const root = element('article', { className: made.agree ? 'call' : 'call surprise' }, element('h3', {}, button), answer)
  const open = (isOpen) => {
    answer.hidden = !isOpen
    button.setAttribute('aria-expanded', isOpen)
  }
  button.addEventListener('click', () => open(answer.hidden))
  open(false)
  return { root, open }
}

function circumstances ({ origin, credentials, headers, outcome, explanation }) {
  const from = origin === window.location.origin ? [] : [`from ${origin}`]
  const facts = [...from, credentials === 'include' ? 'with credentials' : 'without credentials']
  const sent = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const verdict = outcome.through ? String(outcome.status) : explanation.code ?? 'not sent'
  return [
    element('span', { className: outcome.through ? 'verdict through' : 'verdict blocked' }, ...breakable(verdict)), ' ',
    element('span', { className: 'facts' }, [...facts, ...sent].join(' · '))
  ]
}

function answers (made) {
  const { outcome, explanation, line, agree } = made
  return [
    ...agree ? [] : [element('p', { className: 'blocked' }, 'The browser and the server do not say the same.')],
    part('The browser', ...outcome.through ? throughBrowser(outcome) : blockedByBrowser(outcome, explanation)),
    part('The server', ...serverSays(explanation)),
    ...explanation.fix === undefined ? [] : [wayOn(explanation)],
    ...explanation.policy == null ? [] : [governing(explanation)],
    log(line)
  ]
}

function part (title, ...children) {
  return element('div', { className: 'part' }, element('h4', {}, title), ...children)
}

function throughBrowser ({ status, body, headers }) {
  return [
    element('p', {}, code(`${status} ${body}`)),
    element('p', { className: 'note' }, 'The page sees the headers ', headers.join(', '), '.')
  ]
}

function blockedByBrowser ({ message }, { code: failure }) {
  const rest = failure === undefined ? [] : [element('p', { className: 'note' }, 'The page learns no more. The reason is in the console.')]
  return [element('p', {}, code(message)), ...rest]
}

function serverSays ({ message, allowed, response }) {
  const readable = response?.readable
  return [
    element('p', {}, ...sentence(message)),
    ...allowed !== true ? [] : [element('p', { className: 'note' }, 'Readable if sent: ', readable === '*' ? 'every header' : readable.join(', '), '.')]
  ]
}

function wayOn ({ fix, code: failure, link }) {
  const links = [
    ...link === undefined ? [] : [element('a', { href: link }, 'MDN on ', ...breakable(failure))],
    element('a', { href: '/README.md#blocked' }, 'All causes (README)'),
    element('a', { href: '/README.md#options' }, 'All options (README)')
  ]
  const made = part('What to change', element('p', {}, ...sentence(fix)), element('ul', { className: 'links' }, ...links.map(link => element('li', {}, link))))
  made.classList.add('way-on')
  return made
}

function governing ({ policy, fix }) {
  return part('The options that govern', element('p', { className: 'note' }, `from ${policy.where}`), optionList(policy, fix))
}

/** The line is long, so it is folded where the screen is small. */
function log (line) {
  const title = 'The line in the server’s log'
  if (line === null) return part(title, element('p', { className: 'note' }, 'None: the server saw nothing to refuse.'))
  const open = window.matchMedia('(min-width: 40rem)').matches
  return element('details', { className: 'part', open }, element('summary', {}, element('h4', {}, title)), element('pre', {}, code(JSON.stringify(line, null, 2))))
}
