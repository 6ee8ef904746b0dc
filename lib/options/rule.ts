import { types } from 'node:util'
import { declared } from './checks'
import { type Problem, problem } from './problems'
import type { Exposure } from './settings'

/** What a rule makes of a value: the form that `Settings` has it in, or what is wrong with it. */
export type Result<V> =
  | { readonly ok: true, readonly value: V }
  | {
    readonly ok: false
    readonly problems: readonly Problem[]
    /** What was probably meant, for the rules across options: one problem must not hide another. */
    readonly meant?: V
  }

/** Judges the value of one option, in whichever options object it is. It never throws. */
export type Rule<V> = (value: unknown, exposure: Exposure) => Result<V>

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

export function wrongType (pointer: string, expects: string, value: unknown, fix?: string): Problem {
  return problem('WRONG_TYPE', pointer, { expects, value, fix })
}

/** The type of an option's value is wrong; the schema has the words for the right one. */
export function wrongOption (key: keyof typeof declared, value: unknown, fix?: string): Problem {
  return wrongType(`/${key}`, declared[key].expects, value, fix)
}

export function isBooleanString (value: unknown): value is string {
  return typeof value === 'string' && /^\s*(?:true|false)\s*$/i.test(value)
}

/** Whether a value is an object that can hold options: not a list, a RegExp or a promise. */
export function isRecord (input: unknown): input is Record<string, unknown> {
  return typeof input === 'object' && input !== null && !Array.isArray(input) && !types.isRegExp(input) && !types.isPromise(input)
}
