/** Uses the client of the service `SERVICE`, and tells on the console what becomes of it. For any runtime. */
import { calls } from './calls.ts'
import { feed } from './feed.ts'
import { lists } from './lists.ts'
import type { Service, Use } from './service.ts'
import { waits } from './waits.ts'
import { webhooks } from './webhooks.ts'

/** What the bundler puts here. */
declare const SERVICE: Omit<Service, 'hangUp'>

const service: Service = { ...SERVICE, hangUp: () => console.log('hang up') }

async function run(uses: Record<string, Use>): Promise<void> {
  for (const [name, use] of Object.entries(uses)) {
    const fault = await use(service).then(
      () => null,
      (error: Error) => `${error.stack}`,
    )
    console.log(`use ${JSON.stringify({ name, fault })}`)
  }
  console.log('end')
}

run({ ...waits, ...calls, ...lists, ...feed, ...webhooks })
