import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const program = fileURLToPath(new URL('../../scripts/check-container.ts', import.meta.url))

/**
 * Runs the check where none of the programs that it needs can be found. `env` keeps tap from measuring the coverage of
 * what is skipped.
 */
function checkWithoutPrograms(variables: string[]) {
  return new Promise<{ code: number | null; stderr: string }>((resolve) => {
    const args = ['-i', 'PATH=', ...variables, process.execPath, program]
    const child = execFile('env', args, (_error, _stdout, stderr) =>
      resolve({ code: child.exitCode, stderr }),
    )
  })
}

const cases: [variables: string[], code: number][] = [
  [[], 0],
  [['REQUIRE_CONTAINER=1'], 1],
]
for (const [variables, code] of cases) {
  t.test(`an image that cannot be checked ends with ${code} with [${variables}]`, async (t) => {
    const result = await checkWithoutPrograms(variables)
    t.equal(result.code, code)
    t.match(result.stderr, /^SKIPPED: the image was not built and not checked\. \w+/)
  })
}
