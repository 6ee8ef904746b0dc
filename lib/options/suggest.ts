/** The known word that differs least from `text`, if it is close enough to have been meant. */
export function closest (text: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let least = Math.max(2, Math.floor(text.length / 2)) + 1
  for (const word of known) {
    const distance = editDistance(text.toLowerCase(), word.toLowerCase())
    if (distance < least) {
      best = word
      least = distance
    }
  }
  return best
}

/** Levenshtein's distance, row by row; long texts are cut, since no option is longer. */
function editDistance (a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  let distance = b.length
  for (const [i, char] of [...a.slice(0, 64)].entries()) {
    let diagonal = i
    distance = i + 1
    const next = [distance]
    for (const [j, above] of row.slice(1).entries()) {
      distance = Math.min(distance + 1, above + 1, diagonal + (char === b[j] ? 0 : 1))
      diagonal = above
      next.push(distance)
    }
    row = next
  }
  return distance
}
