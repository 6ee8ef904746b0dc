// Run `npm run build` once, then:
// npx tsc -p examples/nest --rootDir examples/nest --outDir .tests/nest && node .tests/nest/main.mjs

import 'reflect-metadata'
import { Controller, Get, Injectable, Module, Param, Put, UnauthorizedException, UseGuards, VersioningType } from '@nestjs/common'
import type { CanActivate, ExecutionContext } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, RouteConfig } from '@nestjs/platform-fastify'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import corsPlugin from 'fastify-cors-policy'

@Injectable()
class SignedIn implements CanActivate {
  canActivate (context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>()
    if (headers.authorization !== 'Bearer secret') throw new UnauthorizedException()
    return true
  }
}

@Controller({ path: 'cats', version: '1' })
class Cats {
  @Get()
  all (): object { return [{ id: '42' }] }

  @Put(':id')
  @UseGuards(SignedIn)
  rename (@Param('id') id: string): object { return { id, version: 1 } }
}

@Controller({ path: 'cats', version: '2' })
class CatsAgain {
  // A policy of its own: any page may read, without credentials.
  @Get()
  @RouteConfig({ cors: { origin: '*', credentials: false } })
  all (): object { return [{ id: '42', name: 'Tom' }] }

  // No page elsewhere may call it.
  @Put(':id')
  @RouteConfig({ cors: false })
  rename (@Param('id') id: string): object { return { id, version: 2 } }
}

@Module({ controllers: [Cats, CatsAgain] })
class Application {}

const app = await NestFactory.create<NestFastifyApplication>(Application, new FastifyAdapter({ logger: true }), { logger: false })

app.enableVersioning(process.env.VERSIONING === 'header'
  ? { type: VersioningType.HEADER, header: 'X-Version' }
  : { type: VersioningType.URI })

await app.register(corsPlugin, {
  origin: ['https://app.example.com', 'http://localhost:*'],
  credentials: true,
  maxAge: 600
})

await app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
