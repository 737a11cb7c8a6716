import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * What `npm start` runs: it has Node keep what it compiles, which is most of the work of a start, and then
 * runs `server.ts`. It is JavaScript itself, since what strips the types of TypeScript takes 20 MB, and is
 * not loaded where all that is needed of it has been kept.
 *
 * It is kept beside the packages, where nobody can put anything who could not change the program as well.
 * Where that cannot be written to, a start takes longer, and that is all; the image is built with it.
 */
const directory = fileURLToPath(new URL('node_modules/.cache/compile', import.meta.url))
enableCompileCache(directory)
process.env.NODE_COMPILE_CACHE = directory // For the writer's thread.

await import('./server.ts')
