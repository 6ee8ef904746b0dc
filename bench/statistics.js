'use strict'

/** The value below which this share of the values lies. */
function quantile (values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(share * (sorted.length - 1))]
}

const median = values => quantile(values, 0.5)

/** A median with the quartiles around it. */
function spread (values) {
  return { low: quantile(values, 0.25), middle: median(values), high: quantile(values, 0.75) }
}

function geometricMean (values) {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)
}

module.exports = { median, spread, geometricMean }
