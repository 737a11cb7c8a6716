/**
 * Builds the image of the Dockerfile and runs it: `npm run check:container`, as root on Linux. buildah builds the image
 * and runc runs it, so no engine such as Docker has to run.
 *
 * - Shown: the image as a runtime runs it, with all of its defaults, a read-only root, no privileges, and namespaces of
 *   its own for processes and mounts.
 * - Not shown: published ports and networks between containers, because the container is on this machine's network;
 *   the schedule of the health check, because engines keep it, and the check only runs its command; and the size of the
 *   official base image where a stand-in is made (scripts/container/base-image.ts).
 *
 * `--image NAME` checks an image of buildah's store and builds none. Without the tools it says so and succeeds, or fails
 * with REQUIRE_CONTAINER=1.
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { provideBase } from './container/base-image.ts'
import { checksOfImage, checksOfRestart, checksOfService } from './container/checks.ts'
import { command, isOnPath } from './container/command.ts'
import { build, mountImage } from './container/image.ts'
import { openPod } from './container/pod.ts'
import { findRuntime } from './container/requirements.ts'

const IMAGE = 'localhost/product-aggregator:check'
const root = fileURLToPath(new URL('..', import.meta.url))

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { image: { type: 'string' } } })
  const found = findRuntime({
    platform: process.platform,
    user: process.getuid?.(),
    has: (program) => isOnPath(program, process.env.PATH ?? ''),
  })
  if (typeof found === 'string') {
    console.error(`SKIPPED: the image was not built and not checked. ${found}`)
    if (process.env.REQUIRE_CONTAINER === '1') process.exitCode = 1
  } else if (values.image !== undefined) {
    await checkImage(found.runtime, values.image)
  } else {
    console.log(`base image: ${await provideBase()}`)
    console.log('building the image, which takes minutes')
    await build(root, IMAGE)
    try {
      await checkImage(found.runtime, IMAGE)
    } finally {
      await command('buildah', 'rmi', IMAGE)
    }
  }
}

async function checkImage(runtime: string, name: string): Promise<void> {
  const image = await mountImage(name)
  try {
    await runAll(checksOfImage(image))
    const pod = await openPod(runtime, image)
    try {
      const service = await pod.start()
      await runAll(checksOfService(image, service))
      await runAll(checksOfRestart(pod.url, service, pod.start))
    } finally {
      await pod.close()
    }
  } finally {
    await image.unmount()
  }
}

/** Runs checks in their order, up to the first that fails. */
async function runAll(checks: Record<string, () => Promise<string>>): Promise<void> {
  for (const [name, check] of Object.entries(checks)) {
    try {
      console.log(`ok: ${name}: ${await check()}`)
    } catch (error) {
      throw new Error(`not ok: ${name}: ${(error as Error).message}`, { cause: error })
    }
  }
}

try {
  await main()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
