import { Value } from '@sinclair/typebox/value'
import { types } from 'node:util'
import { type Problem, problem } from '../problems'
import { type AllOptions, properties } from '../schema'
import type { Dangerously } from '../settings'

/** What a rule makes of a value: the form that `Settings` has it in, or what is wrong with it. */
export type Result<V> =
  | { readonly ok: true, readonly value: V }
  | { readonly ok: false, readonly problems: readonly Problem[] }

/** Judges the value of one option, wherever it stands. It never throws. */
export type Rule<V> = (value: unknown, dangerously: Dangerously) => Result<V>

export function accept<V> (value: V): Result<V> {
  return { ok: true, value }
}

export function refuse (...problems: readonly Problem[]): { readonly ok: false, readonly problems: readonly Problem[] } {
  return { ok: false, problems }
}

/** The value, unless there are problems with it. */
export function judged<V> (value: V, problems: readonly Problem[]): Result<V> {
  return problems.length === 0 ? accept(value) : refuse(...problems)
}

/** Whether the schema of the option takes the value. */
export function fits (key: keyof AllOptions, value: unknown): boolean {
  return Value.Check(properties[key], value)
}

export function wrongType (pointer: string, expects: string, value: unknown, fix?: string): Problem {
  return problem('WRONG_TYPE', pointer, { expects, got: describe(value), fix })
}

/** The type of an option's value is wrong; the schema has the words for the right one. */
export function wrongOption (key: keyof AllOptions, value: unknown, fix?: string): Problem {
  return wrongType(`/${key}`, String(properties[key].expects), value, fix)
}

export function describe (value: unknown): string {
  if (typeof value === 'string') return `the string '${shortened(value)}'`
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array'
  if (typeof value === 'function') return 'a function'
  if (types.isRegExp(value)) return 'a RegExp'
  if (types.isPromise(value)) return 'a promise'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

function shortened (text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

export function isBooleanString (value: unknown): value is string {
  return typeof value === 'string' && /^\s*(?:true|false)\s*$/i.test(value)
}
