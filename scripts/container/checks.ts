import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createHistory, type Remembered, recall } from './catalogue.ts'
import type { Container } from './container.ts'
import { type MountedImage, sizeMb } from './image.ts'
import { healthCommand } from './image-config.ts'
import { MAX_PROGRAM_MB, STOP_MS } from './limits.ts'
import { developmentPackages } from './packages.ts'

/** A check returns what it saw, for the report. */
type Check = () => Promise<string>

/** Checks of the image's files and configuration. */
export function checksOfImage({ rootfs, config, dataOwner, user }: MountedImage) {
  const program = join(rootfs, config.WorkingDir)
  return {
    async 'the program is small'() {
      const [all, own] = [await sizeMb(rootfs), await sizeMb(program)]
      assert(own <= MAX_PROGRAM_MB, `${own.toFixed()} MB, more than ${MAX_PROGRAM_MB} MB`)
      return `${own.toFixed()} MB of ${all.toFixed()} MB with the base image`
    },
    async 'no package for development alone is installed'() {
      const lockfile = JSON.parse(await readFile(join(program, 'package-lock.json'), 'utf8'))
      const paths = (await readdir(join(program, 'node_modules'), { recursive: true }))
        .filter((path) => path.endsWith('package.json'))
        .map((path) => join('node_modules', path, '..'))
      assert.deepEqual(developmentPackages(lockfile, paths), [])
      return `${paths.length} packages and parts of packages`
    },
    async 'the volume belongs to the user'() {
      assert(config.Volumes && '/data' in config.Volumes, 'VOLUME /data is missing')
      assert.deepEqual(dataOwner, user)
      return `/data is owned by ${config.User}`
    },
    async 'the image says what it is'() {
      const title = config.Labels['org.opencontainers.image.title']
      assert(title)
      return title
    },
  } satisfies Record<string, Check>
}

/** Checks of the running service that change nothing. */
export function checksOfService(image: MountedImage, service: Container) {
  return {
    async 'the user has no privileges'() {
      const status = await readFile(`/proc/${await service.processId()}/status`, 'utf8')
      const [, uid] = /^Uid:\s+(\d+)/m.exec(status) ?? []
      assert.equal(Number(uid), image.user.uid)
      assert.notEqual(Number(uid), 0)
      return `user ${image.config.User} (${uid})`
    },
    async 'nothing but /data can be written to'() {
      for (const folder of ['/', image.config.WorkingDir, '/tmp', '/home/node']) {
        const { stderr } = await service.exec(['touch', join(folder, 'file')])
        assert.match(stderr, /Read-only file system/, folder)
      }
      const { code, stderr } = await service.exec(['touch', '/data/file'])
      assert.equal(code, 0, stderr)
      return 'the service runs all the same'
    },
    async 'the health check tells ready from not ready'() {
      const words = healthCommand(image.config)
      const ready = await service.exec(words)
      assert.equal(ready.code, 0, ready.stderr)
      const notReady = await service.exec(words, { PORT: '9' })
      assert.equal(notReady.code, 1, notReady.stderr)
      return words.join(' ')
    },
  } satisfies Record<string, Check>
}

/** Checks that the service stops as it should and comes back with all that it had. */
export function checksOfRestart(url: string, service: Container, start: () => Promise<Container>) {
  const api = `${url}/api/v1`
  let before: Remembered
  return {
    async 'it works'() {
      before = await createHistory(api)
      return `${before.prices.length} prices, ${before.changes.length} changes of a product`
    },
    async 'SIGTERM stops it'() {
      const { code, afterMs } = await service.stop(STOP_MS)
      assert.equal(code, 0, `exit code ${code} after ${afterMs} ms:\n${service.log}`)
      assert.match(service.log, /"msg":"stopped"/)
      return `after ${afterMs} ms, with exit code 0`
    },
    async 'a restart on the same volume keeps everything'() {
      await start()
      const { product, changes } = before
      assert.deepEqual(await recall(api, product.id, changesEnd(before)), before)
      return `${product.name} with its history of ${changes.length} changes`
    },
  } satisfies Record<string, Check>
}

function changesEnd({ prices }: Remembered): string {
  const last = prices.at(-1)
  assert(last)
  return last.at
}
