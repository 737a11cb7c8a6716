import t from 'tap'
import { DAY_MS, HOUR_MS } from '../../history/time.ts'
import { offer } from '../routes/helper.ts'
import { becomes } from './expect.ts'
import { serveStill } from './service.ts'
import { test } from './visit.ts'

const { app, url, time, add } = await serveStill(t)

const now = Date.now()
time.behind = 3 * DAY_MS
const offers = (price: number) =>
  Array.from({ length: 6 }, (_, index) => offer(String(index), price + index))
const ids: string[] = []
for (const [index, name] of ['Mower', 'Drill', 'Ladder', 'Hose', 'Pump', 'Saw'].entries()) {
  const later = index % 2 === 0 ? 900 : 1100
  const { id } = await add(name, [
    [now - 2 * DAY_MS, ...offers(1000)],
    [now - HOUR_MS, ...offers(later)],
    [now, ...offers(later)],
  ])
  await app.store.updateProduct(id, { tags: ['garden', 'tools'] })
  ids.push(id)
}
time.behind = 0

const alerts = ids.map((product_id) => ({
  name: `Below ${product_id}`,
  product_id,
  condition: { type: 'price_below', price: 950 },
}))
const [alert] = await Promise.all(
  alerts.map(async (payload) => {
    const answer = await app.inject({ method: 'POST', url: '/api/v1/alerts', payload })
    return answer.json<{ id: string }>()
  }),
)

/** Each view, and what is true in the page once all of it is shown. */
const VIEWS: [place: string, complete: string][] = [
  ['/', "document.querySelectorAll('.sparkline path').length >= 6"],
  ['/#/?tag=garden&tag=tools', "document.querySelectorAll('.sparkline path').length >= 6"],
  [`/#/products/${ids[0]}`, "performance.getEntriesByName('chart-drawn').length > 0"],
  ['/#/movers', "document.querySelectorAll('.movers li').length >= 6"],
  [
    `/#/compare?id=${ids[0]}&id=${ids[1]}`,
    "performance.getEntriesByName('chart-drawn').length > 0",
  ],
  ['/#/alerts', "document.querySelectorAll('.entry a').length >= 4"],
  [`/#/alerts/${alert?.id}`, "document.querySelector('main h2') !== null"],
  ['/#/webhooks', "document.querySelector('main[aria-busy=false] h1') !== null"],
  ['/#/import', "document.querySelector('input[type=file]') !== null"],
  ['/docs', "document.querySelectorAll('.opblock').length > 10"],
]

/** How long a view may take to load: the program of `/docs` alone takes seconds at this speed. */
const PATIENCE_MS = 120_000

/** The largest cumulative layout shift a view may have. */
const MOST = 0.02

/** The sum of all shifts so far, including those of the frame in progress. */
const SHIFT = `new Promise((resolve) => {
  let sum = 0
  const observer = new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) sum += value
  })
  observer.observe({ type: 'layout-shift', buffered: true })
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(sum), 50)))
})`

for (const [device, viewport] of [
  ['a desktop', { width: 1280, height: 800 }],
  ['a phone', { width: 360, height: 740 }],
] as const) {
  test(`nothing moves while a view loads slowly on ${device}`, async (t, open) => {
    const page = await open('about:blank', { viewport })
    const session = await page.context().newCDPSession(page)
    await session.send('Network.setCacheDisabled', { cacheDisabled: true })
    await session.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 60,
      downloadThroughput: 500_000,
      uploadThroughput: 100_000,
    })
    await session.send('Emulation.setCPUThrottlingRate', { rate: 2 })
    page.setDefaultTimeout(PATIENCE_MS)
    for (const [place, complete] of VIEWS) {
      await page.goto('about:blank')
      await page.goto(url + place)
      if (place !== '/docs') await page.locator('.status span').first().waitFor()
      await becomes(t, () => page.evaluate(complete), true, `${place} is complete`)
      const shift = await page.evaluate<number>(SHIFT)
      t.ok(shift < MOST, `${place} shifts by ${shift}`)
    }
  })
}
