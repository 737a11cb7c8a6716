/** Writes docs/configuration.md from the schemas of the environment: `npm run docs`. */
import { writeFile } from 'node:fs/promises'
import { configurationPage } from './configuration-page.ts'

const [, , path = new URL('configuration.md', import.meta.url)] = process.argv
await writeFile(path, configurationPage())
