/** The process of the simulator of the Offers service, for development. */
import closeWithGrace from 'close-with-grace'
import { buildSimulator, PROTOCOL_PREFIX } from './app.ts'
import { readSimulatorEnvironment, type SimulatorEnvironment } from './config.ts'

async function listen(settings: SimulatorEnvironment): Promise<void> {
  const app = buildSimulator({
    generation: settings.SIMULATOR_GENERATION,
    seed: settings.SIMULATOR_SEED,
    tickMs: settings.SIMULATOR_TICK_SECONDS * 1000,
    offers: settings.SIMULATOR_OFFERS,
    statePath: settings.SIMULATOR_STATE,
  })
  closeWithGrace({ delay: 5000 }, () => app.close())
  const address = await app.listen({ host: settings.SIMULATOR_HOST, port: settings.SIMULATOR_PORT })
  console.log(`Offers simulator listening at ${address}${PROTOCOL_PREFIX}`)
}

try {
  await listen(readSimulatorEnvironment(process.env))
} catch (error) {
  console.error(`Offers simulator cannot start: ${error}`)
  process.exit(1)
}
