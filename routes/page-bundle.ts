import { readFile, stat } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import type { Metafile } from 'esbuild'
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

type Outputs = Metafile['outputs']

/** The chunks that a script imports statically, directly or indirectly. */
function chunksOf({ imports }: Outputs[string], outputs: Outputs): string[] {
  const direct = imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => path)
  return Object.entries(outputs)
    .filter(([path]) => direct.includes(path))
    .flatMap(([path, chunk]) => [path, ...chunksOf(chunk, outputs)])
}

/** The document, with the URLs of the sources replaced by those of the outputs, and preloads for its chunks. */
function documentOf(template: string, outputs: Outputs): string {
  let html = template
  for (const [path, output] of Object.entries(outputs)) {
    const { entryPoint } = output
    if (entryPoint) html = html.replace(`"/${entryPoint}"`, `"/${path}"`)
    if (entryPoint !== SCRIPT) continue
    const preloads = [...new Set(chunksOf(output, outputs))].map(
      (chunk) => `<link rel="modulepreload" href="/${chunk}">`,
    )
    html = html.replace('<!-- chunks -->', preloads.join('\n'))
  }
  return html
}

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
      write: false,
      logLevel: 'silent',
    })
    const files = outputFiles.map(({ path, text }): [string, PageFile] => [
      basename(path),
      { type: String(TYPES[extname(path)]), text },
    ])
    return {
      html: documentOf(await readFile(join(root, DOCUMENT), 'utf8'), metafile.outputs),
      files: new Map(files),
      sources: [DOCUMENT, ...Object.keys(metafile.inputs)].filter(
        (path) => !path.includes('node_modules/'),
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
