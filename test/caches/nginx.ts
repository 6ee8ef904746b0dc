import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** Debian has it in a folder that is not on everybody's PATH. */
export const nginx = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
  .map(folder => join(folder, 'nginx'))
  .find(file => existsSync(file))

export interface Nginx {
  readonly port: number
  stop (): Promise<void>
}

/** The header in which the cache says what it did. */
export const CACHE_STATUS = 'x-cache'

/**
 * The strictest shared cache for what is behind it: it keeps every answer to GET, whatever its status, for longer than
 * the test lasts. GET and HEAD are all that it can keep (`proxy_cache_methods` takes no OPTIONS). Like any cache, it goes
 * by the URL with its host, and by what `Vary` names (RFC 9111, 4.1).
 */
const CACHE = `
  keepalive_requests 1000000;
  location / {
    proxy_pass http://application;
    proxy_http_version 1.1;
    proxy_set_header Connection '';
    proxy_set_header Host $http_host;
    proxy_cache answers;
    proxy_cache_key $scheme://$http_host$request_uri;
    proxy_cache_valid any 1h;
    proxy_cache_lock on;
    add_header ${CACHE_STATUS} $upstream_cache_status always;
  }
`

/** Starts nginx as a shared cache of its own in front of the application on port `upstream`. */
export async function startCache (binary: string, upstream: number): Promise<Nginx> {
  return await startNginx(binary, CACHE, `
    proxy_cache_path cache keys_zone=answers:16m inactive=1h;
    upstream application { server 127.0.0.1:${upstream}; keepalive 8; }
  `)
}

function configuration (folder: string, port: number, server: string, around: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path ${folder}/${name};`)
  return `
    daemon off;
    master_process off;
    pid ${folder}/pid;
    error_log stderr crit;
    events { worker_connections 256; }
    http {
      access_log off;
      ${temporary.join('\n')}
      ${around}
      server { listen 127.0.0.1:${port}; ${server} }
    }
  `
}

/** Starts nginx on a port of its own, with these directives in its `server` block, and those around it. */
export async function startNginx (binary: string, server: string, around = ''): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'cors-nginx-'))
  const port = await freePort()
  const file = join(folder, 'nginx.conf')
  writeFileSync(file, configuration(folder, port, server, around))
  const child = spawn(binary, ['-p', folder, '-e', 'stderr', '-c', file], { stdio: ['ignore', 'inherit', 'inherit'] })
  const gone = once(child, 'exit')
  const kill = () => { child.kill('SIGKILL') }
  process.once('exit', kill)
  const stop = async () => {
    kill()
    await gone
    process.off('exit', kill)
    rmSync(folder, { recursive: true, force: true })
  }
  for (let attempt = 0; attempt < 200 && child.exitCode === null; attempt++) {
    if (await answers(port)) return { port, stop }
    await pause(50)
  }
  await stop()
  throw new Error(`nginx does not listen: it ended with status ${child.exitCode}`)
}

export async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // it listens on one
  server.close()
  await once(server, 'close')
  return port
}

async function answers (port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  return new Promise(resolve => {
    socket.once('connect', () => { resolve(true) }).once('error', () => { resolve(false) })
  }).finally(() => { socket.destroy() }) as Promise<boolean> // as both call it
}
