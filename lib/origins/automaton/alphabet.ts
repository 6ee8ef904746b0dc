/** Every character that an origin can have, as a browser serialises it: no upper case, no Unicode. */
export const ALPHABET = [...'abcdefghijklmnopqrstuvwxyz0123456789-._:/[]+']

/** The column of every character that no origin has. */
export const FOREIGN = ALPHABET.length

/** The columns of a row in a table of transitions. */
export const WIDTH = ALPHABET.length + 1

/** The column of an ASCII code. */
const columns = new Uint8Array(128).fill(FOREIGN)
for (const [column, char] of ALPHABET.entries()) columns[char.charCodeAt(0)] = column

export function columnOf (code: number): number {
  // To read beyond the table would make each later look-up slower.
  return code < 128 ? columns[code] as number : FOREIGN // the table has 128
}

/** A set of characters: a 1 in the column of each. */
export type CharSet = Uint8Array

export function charSet (has: (char: string) => boolean): CharSet {
  const set = new Uint8Array(ALPHABET.length)
  for (const [column, char] of ALPHABET.entries()) set[column] = Number(has(char))
  return set
}

/** The set of each character alone. */
export const ALONE: ReadonlyMap<string, CharSet> = new Map(ALPHABET.map(char => [char, charSet(other => other === char)]))

export const NONE: CharSet = charSet(() => false)

export const ANY: CharSet = charSet(() => true)

/** What `\b` goes by. */
export const WORD: CharSet = charSet(char => /\w/.test(char))
