import { setTimeout as delay } from 'node:timers/promises'
import { call, type Running, SERVICE } from '../../test/process.ts'
import type { Workspace } from '../workspace.ts'

const WRONG_CLOCK = new URL('wrong-clock.ts', import.meta.url).href

/** Several instances of the service on one database. */
export class Fleet {
  readonly #workspace: Workspace
  readonly #variables: Record<string, string>
  readonly #instances: Running[] = []

  constructor(workspace: Workspace, variables: Record<string, string>) {
    this.#workspace = workspace
    this.#variables = { PORT: '0', LOG_LEVEL: 'info', ...variables }
  }

  /** The instances that have not ended. A suspended one counts, although its child process says `killed`. */
  get instances(): readonly Running[] {
    return this.#instances.filter(
      ({ child: { exitCode, signalCode } }) => (exitCode ?? signalCode) === null,
    )
  }

  /** Starts another instance, whose clock is wrong by `clockOffsetMs`. */
  async start(clockOffsetMs = 0): Promise<Running> {
    const wrong = { NODE_OPTIONS: `--import=${WRONG_CLOCK}`, CLOCK_OFFSET_MS: `${clockOffsetMs}` }
    const variables = { ...this.#variables, ...(clockOffsetMs !== 0 && wrong) }
    const instance = await this.#workspace.start(SERVICE, variables)
    this.#instances.push(instance)
    return instance
  }

  /** The address of an instance; consecutive values of `turn` go round all of them. */
  address(turn: number): string {
    const { instances } = this
    const instance = instances[turn % instances.length]
    if (!instance) throw new Error('no instance is left')
    return instance.url
  }

  /** Creates this many products. */
  async createProducts(products: number): Promise<void> {
    for (let made = 0; made < products; made += 1000) {
      const length = Math.min(1000, products - made)
      const items = Array.from({ length }, (_, at) => ({ name: `Product ${made + at + 1}` }))
      const answer = await call('POST', `${this.address(made / 1000)}/api/v1/products/batch`, {
        items,
      })
      if (answer.status !== 200) throw new Error(`the products were not created: ${answer.status}`)
    }
  }

  /** Waits until each instance can create a product. Returns how long that took, in seconds. */
  async recovered(): Promise<number> {
    const began = performance.now()
    const works = ({ url }: Running) =>
      call('POST', `${url}/api/v1/products`, { name: 'After it' }).then(
        ({ status }) => status === 201,
        () => false,
      )
    for (const instance of this.instances) while (!(await works(instance))) await delay(50)
    return (performance.now() - began) / 1000
  }
}
