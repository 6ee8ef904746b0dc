// Measures of a page, which demo-looks.test.ts loads into it. Each lists what fails, in words.

const shown = () => [...document.body.querySelectorAll('*')].filter(element => element.checkVisibility() && element.getClientRects().length > 0)
const styleOf = (element) => window.getComputedStyle(element)
const say = (element, ...facts) => `<${element.localName}> ${(element.innerText || element.id).slice(0, 30)}: ${facts.join(' ')}`

/** What is wider than the window or than its parent, or has content that is wider than itself, and does not scroll. */
globalThis.overflowing = () => {
  const { scrollWidth } = document.documentElement
  const wide = shown().filter(element => {
    const [own, parent] = [element, element.parentElement].map(each => each.getBoundingClientRect())
    const scrolls = ['auto', 'scroll'].includes(styleOf(element).overflowX)
    return own.left < parent.left - 1 || own.right > parent.right + 1 || (!scrolls && element.scrollWidth > element.clientWidth + 1 && isBlock(element))
  })
  return [...scrollWidth > window.innerWidth ? [`the page: ${scrollWidth} px`] : [], ...wide.map(element => say(element, 'overflows'))]
}

/** Columns of text that breaks into lines of fewer than 16 characters. */
globalThis.narrow = () => texts().flatMap(element => {
  const block = blockOf(element)
  const { font, paddingLeft, paddingRight } = styleOf(block)
  const characters = (block.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight)) / widthOfZero(font)
  return breaks(element) && characters < 16 ? [say(element, characters.toFixed(1), 'characters')] : []
})

/** Text with a contrast to its background below 4.5:1, and fields with an edge below 3:1 (WCAG 2.2, 1.4.3 and 1.4.11). */
globalThis.faint = () => {
  const written = [...texts(), ...shown().filter(isField)]
  const edged = shown().filter(isField)
  return [
    ...written.flatMap(element => atLeast(4.5, element, styleOf(element).color, backgroundOf(element))),
    ...edged.flatMap(element => atLeast(3, element, styleOf(element).borderTopColor, backgroundOf(element.parentElement)))
  ]
}

const isBlock = (element) => !styleOf(element).display.startsWith('inline')
const isField = (element) => element.matches('input, select, textarea')

/** The elements that have text of their own. */
function texts () {
  return shown().filter(element => element.localName !== 'option' && textsIn(element).length > 0)
}

function textsIn (element) {
  return [...element.childNodes].filter(node => node.nodeName === '#text' && node.data.trim() !== '')
}

/** Whether the element's own text takes more than one line. */
function breaks (element) {
  const rectangles = textsIn(element).flatMap(node => {
    const range = document.createRange()
    range.selectNodeContents(node)
    return [...range.getClientRects()]
  })
  return rectangles.some(({ top }) => top >= rectangles[0].bottom)
}

function blockOf (element) {
  return isBlock(element) ? element : blockOf(element.parentElement)
}

function widthOfZero (font) {
  return Object.assign(document.createElement('canvas').getContext('2d'), { font }).measureText('0').width
}

function backgroundOf (element) {
  const { backgroundColor } = styleOf(element)
  return backgroundColor === 'rgba(0, 0, 0, 0)' ? backgroundOf(element.parentElement) : backgroundColor
}

function atLeast (least, element, color, background) {
  const [dark, light] = [color, background].map(luminance).sort((a, b) => a - b)
  const contrast = (light + 0.05) / (dark + 0.05)
  return contrast >= least ? [] : [say(element, color, 'on', background, contrast.toFixed(2))]
}

/** Relative luminance (WCAG 2.2). A color that is not opaque is NaN, which is never enough. */
function luminance (color) {
  const parts = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(color)?.slice(1) ?? [NaN, NaN, NaN]
  const [red, green, blue] = parts.map(part => part / 255).map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
