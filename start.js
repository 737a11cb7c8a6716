/**
 * The entry point of `npm start` and the image. It is JavaScript that old versions of Node.js can parse, and it
 * checks the version before it loads anything else, so that people get a sentence instead of a syntax error.
 *
 * It turns on Node's compile cache, which saves a third of the work of startup and 30 MB
 * (docs/decisions/0008-compile-cache.md). The cache is in `node_modules`: anyone who can write there can change the
 * program anyway. If the folder is read-only, startup only takes longer. The image ships with a full cache.
 */
const NEEDED = 26

let stopped = false

function stop() {
  stopped = true
}

async function start() {
  // The first process of a container receives only signals that it handles, and loading takes half a second. The
  // handlers stay, because a signal that arrives just before its handler is removed would be lost.
  process.once('SIGTERM', stop).once('SIGINT', stop)
  const { enableCompileCache } = await import('node:module')
  const { fileURLToPath } = await import('node:url')
  const directory = fileURLToPath(new URL('node_modules/.cache/compile', import.meta.url))
  enableCompileCache(directory)
  process.env.NODE_COMPILE_CACHE = directory // Passes the cache on to the writer thread.

  const { serve } = await import('./server.ts')
  // Signals that arrived meanwhile are handled in the next turn of the event loop, before any work starts.
  await new Promise((resolve) => setImmediate(resolve))
  if (!stopped) await serve()
}

if (Number.parseInt(process.versions.node, 10) >= NEEDED) {
  start()
} else {
  console.error(
    `The service needs Node.js ${NEEDED} or newer, but this is ${process.versions.node}. ` +
      'Run it with `npm start`, which uses the version that `npm ci` installs.',
  )
  process.exit(1)
}
