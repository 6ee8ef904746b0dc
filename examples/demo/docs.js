'use strict'

const { readdirSync, readFileSync } = require('node:fs')
const { join } = require('node:path')

const root = join(__dirname, '../..')
const isMarkdown = (path) => path.endsWith('.md')

/** Serves the documentation of this checkout at the paths that it has in the repository: the page links to it. */
module.exports = async function documentation (app) {
  const inDocs = readdirSync(join(root, 'docs'), { recursive: true }).map(path => `docs/${path}`)
  for (const path of [...readdirSync(root), ...inDocs].filter(isMarkdown)) {
    app.get(`/${path}`, async (request, reply) => {
      return reply.type('text/html; charset=utf-8').send(page(path, readFileSync(join(root, path), 'utf8')))
    })
  }
}

/** The text as it is written. Only headings and links are marked up, so that links from page to page work. */
function page (title, text) {
  let isCode = false
  const lines = escaped(text).split('\n').map(line => {
    if (line.startsWith('```')) isCode = !isCode
    return isCode ? line : heading(linked(line))
  })
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
<main class="document">${lines.join('\n')}</main>
`
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

/** GitHub makes ids of headings in the same way. */
const idOf = (words) => words.toLowerCase().replace(/[^\w\s-]/g, '').replaceAll(' ', '-')

function heading (line) {
  const level = /^#{1,6}(?= )/.exec(line)?.[0].length
  return level === undefined ? line : `<h${level} id="${idOf(line.slice(level + 1))}">${line}</h${level}>`
}

function linked (line) {
  return line.replace(/\[([^\]]+)\]\(((?:https:\/\/|#|[\w./-]+\.md)[^)\s]*)\)/g, '<a href="$2">$1</a>')
}
