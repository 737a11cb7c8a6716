import t from 'tap'
import { eventually, startSimulator } from '../helper.ts'
import { SERVICE, start } from '../process.ts'
import { postgresDatabase } from './database.ts'
import { type Disturbance, startNetwork } from './network.ts'

const PRODUCTS = '/api/v1/products'

/** How many products are created one after the other, by each of some clients. */
const [CLIENTS, CREATED] = [8, 25]

/** When the network is disturbed, by how many were created. */
const DISTURBED_AFTER = 40

async function create(url: string, name: string) {
  const response = await fetch(`${url}${PRODUCTS}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': name },
    body: JSON.stringify({ name }),
  })
  return { status: response.status, text: await response.text() }
}

const DISTURBANCES: Disturbance[] = ['closes', 'resets', 'freezes', 'refuses']

for (const how of DISTURBANCES) {
  t.test(`a network that ${how} connections loses and doubles nothing`, async (t) => {
    const { baseUrl } = await startSimulator(t)
    const network = await startNetwork(t, await postgresDatabase(t))
    const variables = { PORT: '0', OFFERS_BASE_URL: baseUrl, DATABASE_URL: network.url }
    const service = await start(t, SERVICE, variables)
    const { url } = service
    let created = 0
    const statuses = new Set<number>()

    /** Creates a product, and sends the request again until it is answered with 201, as clients do. */
    async function createAtLast(name: string) {
      const answer = await eventually(async () => {
        const answer = await create(url, name).catch(() => undefined)
        if (answer) statuses.add(answer.status)
        return answer?.status === 201 ? answer : undefined
      })
      t.equal(answer && JSON.parse(answer.text).name, name)
      created += 1
      if (created === DISTURBED_AFTER) network.disturb(how)
    }

    const clients = Array.from({ length: CLIENTS }, async (_, client) => {
      for (let n = 0; n < CREATED; n++) await createAtLast(`${client}-${n}`)
    })
    await eventually(() => created >= DISTURBED_AFTER)
    await eventually(async () => (await fetch(`${url}/health/ready`)).status === 503)
    network.heal()
    await Promise.all(clients)

    t.same(
      [...statuses].filter((status) => ![201, 409, 503].includes(status)),
      [],
    )
    const listed = await (await fetch(`${url}${PRODUCTS}?limit=1&count=true`)).json()
    t.match(listed, { total: CLIENTS * CREATED })
    await eventually(async () => {
      const stale = await (await fetch(`${url}${PRODUCTS}?stale=true&limit=1`)).json()
      return (stale as { items: unknown[] }).items.length === 0
    })
    t.equal((await fetch(`${url}/health/ready`)).status, 200)
    const [code] = await service.stop('SIGTERM')
    t.equal(code, 0)
  })
}
