/**
 * What `npm start` and the image run. It is JavaScript that old versions of Node.js understand, and it checks the
 * version before it loads anything, so that people get a sentence and not a syntax error.
 *
 * It turns on Node's compile cache, since compiling is most of the work of a start. With a full cache the
 * module that strips types, which takes 20 MB, is not loaded either. The cache lies in `node_modules`: whoever
 * can write there can change the program anyway. If the folder is read-only, a start only takes longer. The
 * image is built with a full cache.
 */
const NEEDED = 26

let stopped = false

function stop() {
  stopped = true
}

async function start() {
  // The first process of a container only gets signals that it handles, and loading takes half a second. The
  // handlers stay, because a signal that arrives just before its handler is removed would be lost.
  process.once('SIGTERM', stop).once('SIGINT', stop)
  const { enableCompileCache } = await import('node:module')
  const { fileURLToPath } = await import('node:url')
  const directory = fileURLToPath(new URL('node_modules/.cache/compile', import.meta.url))
  enableCompileCache(directory)
  process.env.NODE_COMPILE_CACHE = directory // For the writer's thread.

  const { serve } = await import('./server.ts')
  // A signal that arrived meanwhile is handled in the next turn of the event loop, before there is work to finish.
  await new Promise((resolve) => setImmediate(resolve))
  if (!stopped) await serve()
}

if (Number.parseInt(process.versions.node, 10) >= NEEDED) {
  start()
} else {
  console.error(
    `The service needs Node.js ${NEEDED} or newer, and this is ${process.versions.node}. ` +
      'Run it by `npm start`: that uses the version which `npm ci` has installed.',
  )
  process.exit(1)
}
