/**
 * What `npm start` and the image run. It is JavaScript in an old dialect, and loads nothing before it has looked
 * at the version of Node.js: an older one is told so in words, not by a syntax error.
 *
 * It has Node keep what it compiles, which is most of the work of a start. What strips the types of TypeScript takes
 * 20 MB, and is not loaded where all that is needed has been kept. The cache lies beside the packages, where nobody
 * can put anything who could not change the program as well. Where that folder cannot be written to, a start takes
 * longer, and that is all; the image is built with it.
 */
const NEEDED = 26

let loaded = false

/** Ends the process at once, as long as it has accepted nothing that would have to be finished. */
function stop() {
  if (!loaded) process.exit(0)
}

async function start() {
  // The first process of a container is sent only those signals that it has a handler for, and loading takes time.
  // The handlers stay: a signal that comes just before one is removed is lost.
  process.once('SIGTERM', stop).once('SIGINT', stop)
  const { enableCompileCache } = await import('node:module')
  const { fileURLToPath } = await import('node:url')
  const directory = fileURLToPath(new URL('node_modules/.cache/compile', import.meta.url))
  enableCompileCache(directory)
  process.env.NODE_COMPILE_CACHE = directory // For the writer's thread.

  const { serve } = await import('./server.ts')
  loaded = true
  await serve()
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
