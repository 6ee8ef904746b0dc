import type { TObject, TSchema } from '@sinclair/typebox'
import type { FastifyPluginCallback, FastifyRequest } from 'fastify'
import { expectAssignable, expectError, expectType } from 'tsd'
import byDefault, { corsPlugin } from '..'
import type { CorsOptions, OriginFunction, RouteCorsOptions } from '..'
import byRequire = require('..')
import * as namespace from '..'
import { optionsSchema, requestSchema, routeSchema } from '../lib/options/schema'

// Every name of the plugin imports the same value.
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
expectError(byRequire.nothing)

// The schemas are another entry of the package, and their types have the keys.
expectError(byRequire.optionsSchema)
expectAssignable<TObject>(optionsSchema)
expectAssignable<TObject>(routeSchema)
expectAssignable<TObject>(requestSchema)
expectAssignable<TSchema>(optionsSchema.properties.origin)
expectAssignable<TSchema>(optionsSchema.properties.dangerously)
expectError(optionsSchema.properties.orgin)
expectError(routeSchema.properties.paths)
expectError(requestSchema.properties.preflight)

// The types can be imported by name, or reached through the plugin.
expectType<CorsOptions>({} as byRequire.CorsOptions)
expectType<RouteCorsOptions>({} as byRequire.RouteCorsOptions)
expectType<OriginFunction>({} as byRequire.OriginFunction)
expectType<CorsOptions>({} as byDefault.CorsOptions)
expectType<RouteCorsOptions>({} as byDefault.RouteCorsOptions)
expectType<OriginFunction>({} as byDefault.OriginFunction)
expectType<(origin: string, request: FastifyRequest) => boolean | string | Promise<boolean | string>>({} as OriginFunction)
