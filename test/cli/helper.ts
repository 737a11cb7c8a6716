import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { EXIT } from '../../cli/context.ts'
import { run } from '../../cli/program.ts'
import { startApp } from '../helper.ts'
import { compileCache } from '../process.ts'
import { NO_UPSTREAM } from '../routes/helper.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A stream that keeps what is written to it, and may be a terminal. */
function sink(isTTY: boolean) {
  const chunks: Buffer[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  return { stream: Object.assign(stream, { isTTY }), text: () => Buffer.concat(chunks).toString() }
}

interface Surroundings {
  env?: Record<string, string>
  stdin?: string | Readable
  /** Which outputs are a terminal. */
  terminal?: ('stdout' | 'stderr')[]
  signal?: AbortSignal
}

/** Runs the command line in this process. Gives its exit code and what it wrote. */
export async function cli(args: string[], surroundings: Surroundings = {}) {
  const { env = {}, stdin = '', terminal = [], signal } = surroundings
  const stdout = sink(terminal.includes('stdout'))
  const stderr = sink(terminal.includes('stderr'))
  const code = await run(args, {
    env,
    stdin: typeof stdin === 'string' ? Readable.from([Buffer.from(stdin)]) : stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    signal: signal ?? new AbortController().signal,
    exitCode: EXIT.done,
  })
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}

/** Runs the command line in a process of its own, which is gone after the test. */
export function spawnCli(t: Test, args: string[], variables: Record<string, string> = {}) {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [join(root, 'cli/main.ts'), ...args], {
    cwd: tmpdir(), // Not the folder of the project, where a developer may have a file `.env`.
    env: { PATH, ...compileCache(), ...variables },
    stdio: 'pipe',
  })
  t.teardown(() => child.kill('SIGKILL'))
  const stderr = text(child.stderr)
  const ended = once(child, 'close').then(async ([code, signal]: unknown[]) => ({
    code,
    signal,
    stderr: await stderr,
  }))
  return { child, ended }
}

/** The service as it ships, on a port of its own. */
export async function startService(t: Test, variables: Record<string, string> = {}) {
  const app = await startApp(t, { ...NO_UPSTREAM, ...variables })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { app, url }
}

/** A server that is not the service, or one in trouble. */
export async function startServer(t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
