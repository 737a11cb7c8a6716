import { Worker } from 'node:worker_threads'
import t from 'tap'

/** What a thread that imports this module loads, as URLs. */
const LOADED = `
  const { registerHooks } = require('node:module')
  const { parentPort, workerData } = require('node:worker_threads')
  const urls = []
  registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) })
  import(workerData).then(() => parentPort.postMessage(urls))`

t.test('the writer thread loads no TypeBox, which is two thirds of its modules', async (t) => {
  const workerData = import.meta.resolve('../../../db/sqlite/operations.ts')
  const worker = new Worker(LOADED, { eval: true, execArgv: [], workerData })
  const urls = await new Promise<string[]>((resolve, reject) => {
    worker.once('message', resolve).once('error', reject)
  })
  t.ok(urls.includes(workerData))
  t.strictSame(
    urls.filter((url) => url.includes('typebox')),
    [],
  )
})
