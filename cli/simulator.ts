import type { Command } from 'commander'

const HELP = `
It listens where SIMULATOR_HOST and SIMULATOR_PORT say; docs/configuration.md has all its variables.

Example:
  SIMULATOR_GENERATION=2 node cli/main.ts simulator`

/** `simulator`: the simulator of the Offers service, by itself. */
export function addSimulator(program: Command): void {
  program
    .command('simulator')
    .description('run the simulator of the Offers service, until a signal ends it')
    .addHelpText('after', HELP)
    .action(async () => {
      await import('../simulator/server.ts')
    })
}
