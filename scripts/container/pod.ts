import assert from 'node:assert/strict'
import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answers, eventually, freePort } from './catalogue.ts'
import { Container } from './container.ts'
import type { MountedImage } from './image.ts'
import { runtimeSpec } from './runtime-spec.ts'

/** How long a container may take until it is ready. */
const START_MS = 60_000

/** The service and the simulator in a container each, with a volume each, on the network of this machine. */
export interface Pod {
  url: string
  /** Starts the service, on the volume that it had before. */
  start(): Promise<Container>
  /** Ends all containers and deletes the volumes. */
  close(): Promise<void>
}

/** Starts the simulator, and prepares the service. Both run from the image as it is. */
export async function openPod(runtime: string, image: MountedImage): Promise<Pod> {
  const folder = await mkdtemp(join(tmpdir(), 'aggregator-container-'))
  const started: Container[] = []
  const { rootfs, user, config } = image

  async function run(
    name: string,
    variables: Record<string, string>,
    ready: string,
    command?: string[],
  ) {
    const volume = join(folder, `${name}-data`)
    await mkdir(volume, { recursive: true })
    // An engine gives a new volume the owner that the folder has in the image.
    await chown(volume, image.dataOwner.uid, image.dataOwner.gid)
    const id = `aggregator-check-${name}-${process.pid}-${started.length}`
    const spec = runtimeSpec(config, { rootfs, user, volume, variables, command })
    const container = await Container.start(runtime, id, spec, folder)
    started.push(container)
    await eventually(`${name} is ready`, START_MS, () => {
      assert(container.running, `${name} ended:\n${container.log}`)
      return answers(ready)
    })
    return container
  }

  async function close() {
    for (const container of started) await container.kill()
    await rm(folder, { recursive: true })
  }

  try {
    const [port, simulatorPort] = [await freePort(), await freePort()]
    const [url, simulator] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${simulatorPort}`]
    const variables = { SIMULATOR_PORT: String(simulatorPort), SIMULATOR_TICK_SECONDS: '1' }
    await run('simulator', variables, `${simulator}/control`, ['node', 'simulator/server.ts'])
    const service = {
      PORT: String(port),
      OFFERS_BASE_URL: `${simulator}/api/v1`,
      REFRESH_INTERVAL_SECONDS: '1',
    }
    return { url, start: () => run('service', service, `${url}/health/ready`), close }
  } catch (error) {
    await close()
    throw error
  }
}
