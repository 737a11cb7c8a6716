/** Gives the client in `packages/client` the version of the service: `node scripts/client-version.ts 1.2.3`. */
import { readFile, writeFile } from 'node:fs/promises'

const [version = ''] = process.argv.slice(2)

async function edit(file: string, change: (content: Record<string, unknown>) => void) {
  const content = JSON.parse(await readFile(file, 'utf8'))
  change(content)
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`)
}

await edit('packages/client/package.json', (content) => Object.assign(content, { version }))
await edit('package-lock.json', ({ packages }) => {
  const { 'packages/client': client } = packages as Record<string, object>
  Object.assign(client ?? {}, { version })
})
