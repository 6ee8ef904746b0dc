import { type Result, accept, judged, refuse, wrongOption, wrongType } from './rule'
import { type Problem, below } from '../problems'
import type { AllOptions } from '../schema'
import { quote } from '../texts/text'

type ItemRule = (item: string, pointer: string) => Problem | undefined

/** A list as an array, whose items are taken to the letter, or as a string, whose items are trimmed. */
export function starOrList (key: 'methods' | 'allowedHeaders' | 'exposedHeaders', value: unknown, check: ItemRule): Result<'any' | readonly string[]> {
  const one = typeof value === 'string'
  const items: unknown = one ? value.split(',').map(item => item.trim()) : value
  if (!Array.isArray(items)) return refuse(wrongOption(key, value))
  const result = listOf(`/${key}`, items, (item, pointer) => item === '*' ? undefined : check(item, one ? `/${key}` : pointer))
  return result.ok && result.value.includes('*') ? accept('any') : result
}

/** An array of strings; a string alone is answered with the array that it should have been. */
export function plainList (key: keyof AllOptions, value: unknown, check: ItemRule): Result<readonly string[]> {
  if (Array.isArray(value)) return listOf(`/${key}`, value, check)
  const fix = typeof value === 'string' ? `[${value.split(',').map(item => quote(item.trim())).join(', ')}]` : undefined
  return refuse(wrongOption(key, value, fix))
}

function listOf (pointer: string, items: readonly unknown[], check: ItemRule): Result<readonly string[]> {
  const texts: string[] = []
  const problems: Problem[] = []
  for (const [i, item] of items.entries()) {
    const place = below(pointer, i)
    const found = typeof item === 'string' ? check(item, place) : wrongType(place, 'a string', item)
    if (found !== undefined) problems.push(found)
    else texts.push(String(item))
  }
  return judged(texts, problems)
}
