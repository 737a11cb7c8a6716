/** The tests in few processes, because each process takes as long to load the service as many tests take to run. */
import { globSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import t from 'tap'
import { measuresCoverage } from './process.ts'
import { Unavailable } from './unavailable.ts'

/** What each process runs, as patterns under `test/`. Each has a file in `test/suites/`, which is what tap starts. */
export const SUITES = {
  cli: ['cli/**/*.test.ts'],
  clock: ['{clock-steps,replay}.test.ts'],
  damage: ['db/sqlite/damage/*.test.ts'],
  instances: ['postgres/*.test.ts'],
  'live-page': [
    'web/{alerts,changing,creating,dialog,event-source,layout-shift,loading,status,stream,webhooks}.test.ts',
  ],
  modules: [
    '{alerts,concurrency,config,feed,files,history,http,import-export,schemas,search,trimmed}/**/*.test.ts',
  ],
  offers: ['{offers,simulator}/**/*.test.ts'],
  // Files of other suites, once more on PostgreSQL. CI runs all of routes, page and live-page on it.
  'on-postgres': [
    'replay.test.ts',
    'routes/{changes,movers,offers,products,products-batch,products-by-external-id}.test.ts',
  ],
  page: [
    'web/{accessibility,alert-*,catalogue,catalogue-*,compare,compare-*,documentation,event-stream,focus,format,import,large-catalogue,metadata-lines,movers}.test.ts',
    'web/{price,price-*,product,product-*,server-time,statistics,token,webhook-state,webhook-typed,why-stale}.test.ts',
  ],
  plugins: ['plugins/**/*.test.ts'],
  postgres: ['db/{postgres,transfer}/*.test.ts'],
  programs: ['{app,crash,crash-alerts,examples,retries,scripts,server}.test.ts'],
  project: [
    '{check,documentation,package,release,suites}.test.ts',
    '{clients,deploy}/*.test.ts',
    'scripts/**/*.test.ts',
  ],
  routes: ['routes/**/*.test.ts'],
  store: ['db/*.test.ts', 'db/{encoding,history}/**/*.test.ts', 'db/sqlite/*.test.ts'],
}

/** The files of a suite, as paths under `test/`, in the order in which they run. */
export const filesOf = (suite: keyof typeof SUITES): string[] =>
  globSync(SUITES[suite], { cwd: import.meta.dirname }).sort()

/** The directory of the compile cache, which `npm start` uses too. */
const CACHE = join(import.meta.dirname, '../node_modules/.cache/compile')

/** Runs the files of a suite one after the other. A file whose import throws `Unavailable` is skipped. */
export function runSuite(suite: keyof typeof SUITES): void {
  if (!measuresCoverage()) {
    enableCompileCache(CACHE)
    process.env.NODE_COMPILE_CACHE = CACHE // For the writer threads, and for programs that tests start.
    process.env._TAPJS_PROCESSINFO_EXCLUDE_ = '/^/' // Otherwise tap reads all files of these programs again.
  }
  const files = filesOf(suite)

  /** The tests of a file are queued while it is loaded, and the next file after them. */
  function loadNext(): void {
    const file = files.shift()
    if (file === undefined) return
    t.test(`loads test/${file}`, { buffered: false }, async (inner) => {
      t.jobs = 1
      try {
        await import(join(import.meta.dirname, file))
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error
        console.error(`SKIPPED, test/${file}: ${error.message}`)
        inner.plan(0, error.message)
      }
      loadNext()
    })
  }
  loadNext()
}
