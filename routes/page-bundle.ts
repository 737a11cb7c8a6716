import { readFile, stat } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import type { Metafile, Plugin } from 'esbuild'
import { shared } from '../concurrency/in-flight.ts'

const DOCUMENT = 'web/index.html'

/** The entry points that the document loads. */
const SCRIPT = 'web/main.ts'
const ENTRIES = [SCRIPT, 'web/index.css', 'web/icon.svg']

const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.map': 'application/json; charset=utf-8',
}

/** A file that the page loads. */
interface PageFile {
  type: string
  text: string
}

/** The page, bundled for browsers. */
export interface PageBundle {
  /** The document, with the URLs of the files. */
  html: string
  /** The files by name. A name contains a hash of the content. */
  files: ReadonlyMap<string, PageFile>
  /** The paths of the bundled source files, relative to the root of the project. */
  sources: string[]
}

/** The document, with the URLs of the sources replaced by those of the files that have their code. */
function documentOf(template: string, { outputs }: Metafile): string {
  let html = template
  for (const [path, { inputs }] of Object.entries(outputs)) {
    for (const source of ENTRIES) {
      if (source in inputs) html = html.replace(`"/${source}"`, `"/${path}"`)
    }
  }
  return html
}

/** The namespace of the modules that the plugin makes up. */
const LATER = 'later'

/**
 * Lets each part that is loaded later import the script, which has run before it anyway. esbuild makes a file of all
 * code that the same parts need: this way the script is one file, instead of many that a slow network loads in turns.
 */
const wholeScript = (root: string): Plugin => ({
  name: 'whole script',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) =>
      kind === 'dynamic-import' ? { path: join(resolveDir, path), namespace: LATER } : undefined,
    )
    onLoad({ filter: /./, namespace: LATER }, ({ path }) => ({
      contents: `import ${JSON.stringify(join(root, SCRIPT))}
        export * from ${JSON.stringify(path)}`,
      resolveDir: root,
    }))
  },
})

/** Bundles the page of the project with this root. */
async function bundlePage(root: string): Promise<PageBundle> {
  // Loaded only here, so that a service whose page is never opened does not pay for it.
  const { build, stop } = await import('esbuild')
  try {
    const { outputFiles, metafile } = await build({
      absWorkingDir: root,
      entryPoints: ENTRIES,
      outdir: 'assets',
      entryNames: '[name]-[hash]',
      chunkNames: '[name]-[hash]',
      loader: { '.svg': 'copy' },
      format: 'esm',
      bundle: true,
      splitting: true,
      minify: true,
      charset: 'utf8',
      sourcemap: 'linked',
      metafile: true,
      plugins: [wholeScript(root)],
      write: false,
      logLevel: 'silent',
    })
    const files = outputFiles.map(({ path, text }): [string, PageFile] => [
      basename(path),
      { type: String(TYPES[extname(path)]), text },
    ])
    return {
      html: documentOf(await readFile(join(root, DOCUMENT), 'utf8'), metafile),
      files: new Map(files),
      sources: [DOCUMENT, ...Object.keys(metafile.inputs)].filter(
        (path) => !path.includes('node_modules/') && !path.startsWith(`${LATER}:`),
      ),
    }
  } finally {
    await stop() // Otherwise esbuild's child process keeps running.
  }
}

/** A text that changes whenever one of these files does. */
async function stateOf(root: string, paths: string[]): Promise<string> {
  const stats = await Promise.all(
    paths.map((path) => stat(join(root, path)).catch(() => undefined)),
  )
  return stats.map((stats) => stats?.mtimeMs).join()
}

/** Bundles the page on first use, and keeps the bundle until a source changes. */
export class PageBundler {
  readonly #root: string
  #made: { bundle: PageBundle; state: string } | undefined

  constructor(root: string) {
    this.#root = root
  }

  /** The bundle of the current sources, so that a reload of the page shows changes to them. */
  readonly current = shared(async (): Promise<PageBundle> => {
    const state = await stateOf(this.#root, this.#made?.bundle.sources ?? [])
    if (this.#made?.state === state) return this.#made.bundle
    const bundle = await bundlePage(this.#root)
    this.#made = { bundle, state: await stateOf(this.#root, bundle.sources) }
    return bundle
  })

  /** The latest bundle. */
  async last(): Promise<PageBundle> {
    return this.#made?.bundle ?? this.current()
  }
}
