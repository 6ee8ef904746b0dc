import type { TSchema } from '@sinclair/typebox'
import { type Given, optionsSchema } from '../../lib/options/schema'

/** The options' own schemas by key, without the mark that each of them may be absent. */
export const properties: { readonly [K in keyof Given]: TSchema } = optionsSchema.properties
