import type { Command } from 'commander'

const HELP = `
It listens on SIMULATOR_HOST and SIMULATOR_PORT; docs/configuration.md lists all its variables.

Example:
  SIMULATOR_GENERATION=2 node cli/main.ts simulator`

/** `simulator`: runs the simulator of the Offers service as a separate process. */
export function addSimulator(program: Command): void {
  program
    .command('simulator')
    .description('run the simulator of the Offers service until a signal stops it')
    .addHelpText('after', HELP)
    .action(async () => {
      await import('../simulator/server.ts')
    })
}
