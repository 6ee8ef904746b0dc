'use strict'

/** A table for a terminal or, with `markdown`, for a document. `notes` stand below. */
function print ({ title, columns, rows, notes = [] }, { markdown }) {
  const blocks = markdown
    ? [`**${title}**`, markdownOf(columns, rows).join('\n'), ...notes]
    : [[title, ...textOf(columns, rows)].join('\n'), ...(notes.length > 0 ? [notes.join('\n')] : [])]
  console.log(`\n${blocks.join('\n\n')}`)
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

/** A median with its quartiles. */
function withSpread ({ low, middle, high }) {
  return `${number(middle)} (${number(low)} to ${number(high)})`
}

module.exports = { print, number, withSpread }
