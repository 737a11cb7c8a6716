import { Command, CommanderError } from 'commander'
import { EnvironmentError } from '../config/environment.ts'
import packageJson from '../package.json' with { type: 'json' }
import { addBackup } from './backup.ts'
import { type Context, EXIT } from './context.ts'
import { addDemo } from './demo.ts'
import { addExport } from './export.ts'
import { addImport } from './import.ts'
import { addMigrate } from './migrate.ts'
import { addMigrateTo } from './migrate-to.ts'
import { addOpenapi } from './openapi.ts'
import { addRestore } from './restore.ts'
import { addSimulator } from './simulator.ts'
import { addVerify } from './verify.ts'

const EXIT_CODES = `
Exit codes:
  ${EXIT.done}    done
  ${EXIT.failed}    failed; a message on standard error says why
  ${EXIT.usage}    wrong usage, or an invalid environment variable
  ${EXIT.refused}    done, but some rows were refused
  ${EXIT.damaged}    the database is damaged and was not rebuilt
  ${EXIT.interrupted}  interrupted by Ctrl+C`

function buildProgram(context: Context): Command {
  const program = new Command('node cli/main.ts')
    .description('The command line of the product aggregator, for its operators')
    .version(packageJson.version)
    .addHelpText('afterAll', EXIT_CODES)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
    })
  for (const add of [
    addImport,
    addExport,
    addBackup,
    addRestore,
    addVerify,
    addMigrate,
    addMigrateTo,
    addSimulator,
    addDemo,
    addOpenapi,
  ]) {
    add(program, context)
  }
  return program
}

/** Runs the command that the arguments name. Resolves with the exit code for the process. */
export async function run(args: string[], context: Context): Promise<number> {
  try {
    await buildProgram(context).parseAsync(args, { from: 'user' })
    return context.exitCode
  } catch (error) {
    // Commander has already written the message.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
    const { interrupted, usage, failed } = EXIT
    const { aborted } = context.signal
    context.stderr.write(`error: ${aborted ? 'interrupted' : (error as Error).message}\n`)
    if (aborted) return interrupted
    return error instanceof EnvironmentError ? usage : failed
  }
}
