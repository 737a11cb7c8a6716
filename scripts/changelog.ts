/**
 * Checks that CHANGELOG.md has unreleased entries. Given a version, as `npm version` runs it for a release, also moves
 * them under that version and today's date.
 */
import { readFile, writeFile } from 'node:fs/promises'

const FILE = 'CHANGELOG.md'
const UNRELEASED = /^## \[Unreleased\]\n(?=\s*### )/m

const [version] = process.argv.slice(2)
const changelog = await readFile(FILE, 'utf8')
if (!UNRELEASED.test(changelog)) {
  console.error(
    `${FILE} has no entries under "## [Unreleased]": describe there what changed, then release.`,
  )
  process.exit(1)
}
if (version !== undefined) {
  const [today] = new Date().toISOString().split('T')
  const heading = `## [Unreleased]\n\n## [${version}] - ${today}\n`
  await writeFile(FILE, changelog.replace(UNRELEASED, heading))
}
