'use strict'

/**
 * Prints a table for a terminal or, with `markdown`, for a document.
 *
 * @param {{ title: string, columns: string[], rows: string[][] }} table
 * @param {{ markdown?: boolean }} [options]
 */
function print ({ title, columns, rows }, { markdown = false } = {}) {
  console.log(markdown ? `\n**${title}**\n` : `\n${title}`)
  console.log((markdown ? markdownOf(columns, rows) : textOf(columns, rows)).join('\n'))
}

function markdownOf (columns, rows) {
  const line = cells => `| ${cells.join(' | ')} |`
  return [line(columns), line(columns.map((_, i) => i === 0 ? '---' : '--:')), ...rows.map(line)]
}

function textOf (columns, rows) {
  const all = [columns, ...rows]
  const widths = columns.map((_, i) => Math.max(...all.map(cells => cells[i].length)))
  return all.map(cells => cells.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join('  '))
}

/** A number with as many decimals; a dash where noise has left none. */
function number (value, decimals = 2) {
  return Number.isFinite(value) ? value.toFixed(decimals) : '–'
}

module.exports = { print, number }
