import { types } from 'node:util'

/** Kinds of value that TypeBox does not know, for the schema and for the checks that are made from it. */
export const kinds = {
  FastifyCorsPolicyRegExp: (value: unknown): boolean => types.isRegExp(value),
  FastifyCorsPolicyFunction: (value: unknown): boolean => typeof value === 'function'
}
