import { readFile, stat } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import type { Metafile } from 'esbuild'
import { shared } from '../concurrency/in-flight.ts'

const DOCUMENT = 'web/index.html'

/** What the document loads at once. */
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

/** The page as browsers get it. */
export interface PageBundle {
  /** The document, with the URLs of the files. */
  html: string
  /** The files by their names, which change with their content. */
  files: ReadonlyMap<string, PageFile>
  /** The files of the project that it is made of, by their paths from its root. */
  sources: string[]
}

type Outputs = Metafile['outputs']

/** The chunks that a script imports statically, directly or not. */
function chunksOf(script: string, outputs: Outputs): string[] {
  const imports = outputs[script]?.imports.filter(({ kind }) => kind === 'import-statement') ?? []
  return imports.flatMap(({ path }) => [path, ...chunksOf(path, outputs)])
}

/** The document with the URLs of the outputs in place of the sources. It preloads the chunks of its script. */
function documentOf(template: string, outputs: Outputs): string {
  let html = template
  for (const [path, { entryPoint }] of Object.entries(outputs)) {
    if (entryPoint) html = html.replace(`"/${entryPoint}"`, `"/${path}"`)
    if (entryPoint !== SCRIPT) continue
    const preloads = [...new Set(chunksOf(path, outputs))].map(
      (chunk) => `<link rel="modulepreload" href="/${chunk}">`,
    )
    html = html.replace('<!-- chunks -->', preloads.join('\n'))
  }
  return html
}

/** Bundles the page of the project with this root. */
async function bundlePage(root: string): Promise<PageBundle> {
  // A service whose page nobody opens never loads it.
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
    await stop() // Otherwise the bundler's process stays.
  }
}

/** Differs when one of these files was changed. */
async function stateOf(root: string, paths: string[]): Promise<string> {
  const stats = await Promise.all(
    paths.map((path) => stat(join(root, path)).catch(() => undefined)),
  )
  return stats.map((stats) => stats?.mtimeMs).join()
}

/** Makes the bundle of the page when it is first asked for, and keeps it. */
export class PageBundler {
  readonly #root: string
  #made: { bundle: PageBundle; state: string } | undefined

  constructor(root: string) {
    this.#root = root
  }

  /** The bundle of the sources as they are now, so that a reload of the page shows a change of them. */
  readonly current = shared(async (): Promise<PageBundle> => {
    const state = await stateOf(this.#root, this.#made?.bundle.sources ?? [])
    if (this.#made?.state === state) return this.#made.bundle
    const bundle = await bundlePage(this.#root)
    this.#made = { bundle, state: await stateOf(this.#root, bundle.sources) }
    return bundle
  })

  /** The bundle that was made last. */
  async last(): Promise<PageBundle> {
    return this.#made?.bundle ?? this.current()
  }
}
