import type { TObject, TSchema } from '@sinclair/typebox'
import type { FastifyPluginCallback, FastifyRequest } from 'fastify'
import { expectAssignable, expectError, expectType } from 'tsd'
import byDefault, { corsPlugin, optionsSchema } from '..'
import type { CorsOptions, OriginFunction, RouteCorsOptions } from '..'
import byRequire = require('..')
import * as namespace from '..'

// The plugin is the same by whatever name it is imported.
expectType<typeof byRequire>(byDefault)
expectType<typeof byRequire>(corsPlugin)
expectType<typeof byRequire>(byRequire.corsPlugin)
expectType<typeof byRequire>(byRequire.default)
expectType<typeof byRequire>(namespace.default)
expectType<typeof byRequire>(namespace.corsPlugin)
expectAssignable<FastifyPluginCallback<CorsOptions>>(byRequire)

// Its properties cannot be replaced.
expectError(byRequire.corsPlugin = byRequire)
expectError(byRequire.default = byRequire)
expectError(byRequire.optionsSchema = optionsSchema)
expectError(byRequire.nothing)

// The schema knows its keys.
expectType<typeof byRequire.optionsSchema>(optionsSchema)
expectAssignable<TObject>(optionsSchema)
expectAssignable<TSchema>(optionsSchema.properties.origin)
expectAssignable<TSchema>(optionsSchema.properties.dangerously)
expectError(optionsSchema.properties.orgin)

// The types go by their own names and by the plugin's.
expectType<CorsOptions>({} as byRequire.CorsOptions)
expectType<RouteCorsOptions>({} as byRequire.RouteCorsOptions)
expectType<OriginFunction>({} as byRequire.OriginFunction)
expectType<CorsOptions>({} as byDefault.CorsOptions)
expectType<RouteCorsOptions>({} as byDefault.RouteCorsOptions)
expectType<OriginFunction>({} as byDefault.OriginFunction)
expectType<(origin: string, request: FastifyRequest) => boolean | string | Promise<boolean | string>>({} as OriginFunction)
