import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { extname, posix } from 'node:path'

/** The package modules and styles that the page uses, by their import specifiers. */
const PACKAGES: Record<string, string> = {
  preact: import.meta.resolve('preact'),
  'preact/hooks': import.meta.resolve('preact/hooks'),
  '@preact/signals': import.meta.resolve('@preact/signals'),
  '@preact/signals-core': import.meta.resolve('@preact/signals-core'),
  htm: import.meta.resolve('htm'),
  uplot: import.meta.resolve('uplot/dist/uPlot.esm.js'),
  'uplot/style': import.meta.resolve('uplot/dist/uPlot.min.css'),
}

/** The project's folders that hold the page's modules. */
const FOLDERS = ['web', 'import-export', 'history', 'schemas']

const TYPES: Record<string, string> = {
  '.ts': 'text/javascript; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** A file that the page loads. */
export interface Asset {
  type: string
  /** The content for a browser: TypeScript without its types. */
  text: string
}

/** The files of the page. */
export interface PageAssets {
  /** A hash over all files. It is part of their URLs, so browsers can cache them for ever. */
  version: string
  /** The file at a path such as `web/main.ts`. */
  get(path: string): Asset | undefined
  /** The path of each import specifier, for the import map. */
  imports: Record<string, string>
  /** The paths of a module and of everything that it imports statically, directly or indirectly. */
  modulesOf(path: string): Set<string>
}

/** Matches static imports in modules whose type-only imports have been stripped. */
const IMPORT = /(?:^|;)(?:import|export)\b[\w\s{},*$]*["']([^"']+)["']/gm

async function* sources(): AsyncGenerator<[path: string, url: URL]> {
  const root = new URL('..', import.meta.url)
  for (const folder of FOLDERS) {
    const entries = await readdir(new URL(folder, root), { recursive: true })
    for (const name of entries.sort()) {
      const path = posix.join(folder, name)
      if (TYPES[extname(name)]) yield [path, new URL(path, root)]
    }
  }
  for (const url of Object.values(PACKAGES)) yield [packagePath(url), new URL(url)]
}

/** `packages/preact/hooks/dist/hooks.mjs`, wherever the package is installed. */
function packagePath(url: string): string {
  return `packages/${url.split('/node_modules/').at(-1)}`
}

/** Reads the files of the page. Types are stripped from a file on its first request. */
export async function readPageAssets(): Promise<PageAssets> {
  const texts = new Map<string, string>()
  const hash = createHash('sha256')
  for await (const [path, url] of sources()) {
    const text = await readFile(url, 'utf8')
    texts.set(path, text)
    hash.update(path).update(text)
  }

  const assets = new Map<string, Asset>()
  function get(path: string): Asset | undefined {
    const [known, source] = [assets.get(path), texts.get(path)]
    if (known || source === undefined) return known
    const extension = extname(path)
    const text = extension === '.ts' ? stripTypeScriptTypes(source) : source
    const asset = { type: String(TYPES[extension]), text }
    assets.set(path, asset)
    return asset
  }

  const imports = Object.fromEntries(
    Object.entries(PACKAGES).map(([name, url]) => [name, packagePath(url)]),
  )
  function modulesOf(path: string, known = new Set<string>()): Set<string> {
    known.add(path)
    for (const [, name = ''] of get(path)?.text.matchAll(IMPORT) ?? []) {
      const target = imports[name] ?? posix.join(path, '..', name)
      if (!known.has(target)) modulesOf(target, known)
    }
    return known
  }

  return { version: hash.digest('hex').slice(0, 16), get, imports, modulesOf }
}
