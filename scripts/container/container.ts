import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { command, type Result, tryCommand } from './command.ts'
import type { runtimeSpec } from './runtime-spec.ts'

/** How a container has ended. */
interface Ending {
  code: number | null
  /** How long after the signal, in milliseconds. */
  afterMs: number
}

/** A running container. */
export class Container {
  readonly #runtime: string
  readonly #id: string
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown[]>
  #log = ''

  private constructor(runtime: string, id: string, child: ChildProcess) {
    this.#runtime = runtime
    this.#id = id
    this.#child = child
    this.#ended = once(child, 'close')
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (data: Buffer) => {
        this.#log += data
      })
    }
  }

  /** Starts a container by its specification; `folder` is for the runtime's bundle. */
  static async start(
    runtime: string,
    id: string,
    spec: ReturnType<typeof runtimeSpec>,
    folder: string,
  ): Promise<Container> {
    const bundle = join(folder, id)
    await mkdir(bundle)
    await writeFile(join(bundle, 'config.json'), JSON.stringify(spec))
    const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe']
    return new Container(runtime, id, spawn(runtime, ['run', '--bundle', bundle, id], { stdio }))
  }

  get log(): string {
    return this.#log
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Runs a command in the container, as its user. */
  exec(words: string[], variables: Record<string, string> = {}): Promise<Result> {
    const env = Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`])
    return tryCommand(this.#runtime, ['exec', ...env, this.#id, ...words])
  }

  /** The id of the container's first process, on this machine. */
  async processId(): Promise<number> {
    const state = await command(this.#runtime, 'state', this.#id)
    return (JSON.parse(state) as { pid: number }).pid
  }

  /** Sends a signal to the first process, and resolves once it has ended. After `limitMs` it is killed. */
  async stop(limitMs: number): Promise<Ending> {
    const start = Date.now()
    await command(this.#runtime, 'kill', this.#id, 'TERM')
    const late = setTimeout(() => this.kill(), limitMs)
    const [code] = await this.#ended
    clearTimeout(late)
    return { code: typeof code === 'number' ? code : null, afterMs: Date.now() - start }
  }

  /** Ends the container at once and removes what the runtime knows of it, whatever its state. */
  async kill(): Promise<void> {
    await tryCommand(this.#runtime, ['delete', '--force', this.#id])
  }
}
