import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The pages of the documentation, with their paths from the root. */
export async function readPages(): Promise<{ path: string; text: string }[]> {
  const [top, docs] = [
    await readdir(root, { withFileTypes: true }),
    await readdir(join(root, 'docs'), { withFileTypes: true, recursive: true }),
  ]
  const paths = [...top, ...docs]
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  return Promise.all(
    [...paths, 'bench/README.md'].map(async (path) => ({
      path,
      text: await readFile(join(root, path), 'utf8'),
    })),
  )
}
