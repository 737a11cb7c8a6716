/** Two people who change the same alert, or one of whom deletes it. */
import type { Page } from 'playwright-core'
import t from 'tap'
import type { Alert, AlertPatch } from '../../schemas/alert.ts'
import { isAccessible } from './axe.ts'
import { becomes, focused, placeOf } from './expect.ts'
import { serveStill } from './service.ts'
import { type Open, test } from './visit.ts'

const { url, app } = await serveStill(t)

const ALERTS = '/api/v1/alerts'
const dialog = (page: Page) => page.getByRole('dialog')
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })
const price = (page: Page) => dialog(page).getByRole('textbox', { name: 'Price' })
const theirs = (page: Page, label: string) =>
  dialog(page).getByRole('region', { name: `${label} (theirs)` })
const note = (page: Page, text: string) => dialog(page).getByRole('alert').getByText(text)
const message = (page: Page, text: string) =>
  page.getByRole('status', { name: 'Messages' }).getByText(text, { exact: true })
const failure = (page: Page, text: string) =>
  page.getByRole('alert', { name: 'Failures' }).getByText(text, { exact: true })

const read = async (id: string) => (await app.inject(`${ALERTS}/${id}`)).json<Alert>()

/** What someone else does by another client. */
const change = (id: string, payload: AlertPatch) =>
  app.inject({ method: 'PATCH', url: `${ALERTS}/${id}`, payload })
const remove = (id: string) => app.inject({ method: 'DELETE', url: `${ALERTS}/${id}` })

const below = (price: number) => ({ type: 'price_below', price }) as const

async function createAlert(name: string): Promise<Alert> {
  const payload = { name, condition: below(500) }
  return (await app.inject({ method: 'POST', url: ALERTS, payload })).json<Alert>()
}

async function openAlert(open: Open, { id, name }: Alert, expected: RegExp[] = []) {
  const page = await open(`${url}/#/alerts/${id}`, { expected })
  await heading(page, name).waitFor()
  return page
}

/** Opens the dialog of an alert and types another price. */
async function typePrice(page: Page, typed: string): Promise<void> {
  await button(page, 'Edit').click()
  await price(page).fill(typed)
}

/** The page reads an alert now and then, also once it is deleted. */
const OVERTAKEN = /^GET \/api\/v1\/alerts\/[^/]+(\/firings\?\S+)? 404$/
const REFUSED = /^PATCH .* 412$/

test('of two people who edit an alert at once, the second one chooses what to keep', async (t, open) => {
  const alert = await createAlert('Edited by two')
  const [one, other] = [await openAlert(open, alert), await openAlert(open, alert, [REFUSED])]
  await typePrice(one, '400')
  await typePrice(other, '300')
  await dialog(one).getByRole('checkbox', { name: 'Also if it is so already' }).check()
  await button(one, 'Save').click()
  await message(one, 'Changed “Edited by two”.').waitFor()

  await button(other, 'Save').click()
  await note(other, 'Someone else has changed this alert in the meantime').waitFor()
  await theirs(other, 'When').getByText('the price is below 400').waitFor()
  await theirs(other, 'Also if it is so already').getByText('yes').waitFor()
  t.equal(await theirs(other, 'Name').count(), 0, 'which is the same')
  t.equal(await price(other).inputValue(), '300')
  t.match(await read(alert.id), { condition: below(400), fire_if_true: true })
  await isAccessible(t, other)

  await change(alert.id, { name: 'By three', cooldown_s: 3600, rearm_percent: 2 })
  await button(other, 'Keep mine').click()
  await note(other, 'Someone else has changed this alert again').waitFor()
  await theirs(other, 'Name').getByText('By three').waitFor()
  await theirs(other, 'Tell again').getByText('after 1 hour').waitFor()
  await theirs(other, 'Re-arm margin in percent').getByText('2', { exact: true }).waitFor()
  await button(other, 'Keep mine').click()
  await message(other, 'Changed “Edited by two”.').waitFor()
  await dialog(other).waitFor({ state: 'detached' })
  const kept = { name: 'Edited by two', condition: below(300), fire_if_true: false }
  t.match(await read(alert.id), { ...kept, cooldown_s: 0, rearm_percent: 0 })
})

test('a change of an alert gives way to one of someone else, and is not lost by that', async (t, open) => {
  const alert = await createAlert('Given way')
  await change(alert.id, { cooldown_s: 3600 })
  const page = await openAlert(open, alert, [REFUSED])
  await typePrice(page, '300')
  await change(alert.id, { cooldown_s: 0 })
  await button(page, 'Save').click()
  await theirs(page, 'Tell again').getByText('at once').waitFor()
  await button(page, 'Take theirs').click()
  await dialog(page).waitFor({ state: 'detached' })
  await message(page, 'Kept the other version of “Given way”.').waitFor()
  t.match(await read(alert.id), { condition: below(500), cooldown_s: 0 })
  await button(page, 'Back to mine').click()
  await theirs(page, 'When').getByText('the price is below 500').waitFor()
  t.equal(await price(page).inputValue(), '300')
  await button(page, 'Keep mine').click()
  await message(page, 'Changed “Given way”.').waitFor()
  t.match(await read(alert.id), { condition: below(300), cooldown_s: 3600 })
})

test('the same change of an alert by someone else is no conflict', async (_t, open) => {
  const alert = await createAlert('Agreed')
  const page = await openAlert(open, alert, [REFUSED])
  await typePrice(page, '300')
  await change(alert.id, { condition: below(300) })
  await button(page, 'Save').click()
  const same = '“Agreed” needs no change: someone else has already made the same one.'
  await message(page, same).waitFor()
  await dialog(page).waitFor({ state: 'detached' })
})

test('an alert that someone turned off meanwhile is changed, and stays off', async (t, open) => {
  const alert = await createAlert('Turned off')
  const page = await openAlert(open, alert, [REFUSED])
  await typePrice(page, '300')
  await change(alert.id, { enabled: false })
  await button(page, 'Save').click()
  await message(page, 'Changed “Turned off”.').waitFor()
  t.match(await read(alert.id), { condition: below(300), enabled: false })
})

test('an alert is turned off whatever else someone changed of it', async (t, open) => {
  const alert = await createAlert('Switched')
  const page = await openAlert(open, alert)
  await change(alert.id, { condition: below(300) })
  await page.getByRole('switch', { name: 'Alert Switched' }).click()
  await message(page, '“Switched” is off.').waitFor()
  t.match(await read(alert.id), { condition: below(300), enabled: false })
})

test('what was typed outlives the alert that it was for', async (t, open) => {
  const alert = await createAlert('Outlived')
  await change(alert.id, { enabled: false })
  const page = await openAlert(open, alert, [OVERTAKEN, /^PATCH .* 404$/])
  await typePrice(page, '300')
  await remove(alert.id)
  await button(page, 'Save').click()
  await note(page, 'Someone deleted this alert in the meantime').waitFor()
  t.equal(await price(page).inputValue(), '300')
  await isAccessible(t, page)
  await button(page, 'Create it again').click()
  await message(page, 'Created “Outlived”, which is off.').waitFor()
  await focused(heading(page, 'Outlived'))
  await becomes(t, async () => placeOf(page) === `#/alerts/${alert.id}`, false, 'under another id')
  const anew = placeOf(page).split('/').at(-1) ?? ''
  t.match(await read(anew), { name: 'Outlived', condition: below(300), enabled: false })
})

test('a deletion of an alert is asked for again if someone changed it, and over if someone deleted it', async (_t, open) => {
  const alert = await createAlert('Doomed')
  const page = await openAlert(open, alert, [OVERTAKEN, /^DELETE .* 4(04|12)$/])
  await button(page, 'Delete').click()
  await change(alert.id, { name: 'Doomed, changed', condition: below(300) })
  await button(page, 'Delete it').click()
  await note(page, 'Someone else changed this alert in the meantime').waitFor()
  await dialog(page).getByText('Doomed, changed').waitFor()
  await dialog(page).getByText('When the price is below 300').waitFor()
  await remove(alert.id)
  await button(page, 'Delete it anyway').click()
  await message(page, '“Doomed, changed” had already been deleted.').waitFor()
  await focused(heading(page, 'Alerts'))
})

test('the switch of an alert that someone deleted says so, and goes', async (_t, open) => {
  const alert = await createAlert('Gone')
  const page = await open(`${url}/#/alerts`, { expected: [/^PATCH .* 404$/] })
  const entry = page.getByRole('switch', { name: 'Alert Gone' })
  await entry.waitFor()
  const clicked = Promise.withResolvers<void>()
  await page.route(`**${ALERTS}?*`, async (route) => {
    await clicked.promise
    await route.fallback()
  })
  await remove(alert.id)
  await entry.click()
  await failure(page, 'Not changed: someone deleted the alert').waitFor()
  clicked.resolve()
  await entry.waitFor({ state: 'detached' })
})

test('the page of an alert that is deleted says so', async (_t, open) => {
  const alert = await createAlert('Deleted')
  const page = await open('about:blank', { expected: [OVERTAKEN] })
  await page.clock.install()
  await page.goto(`${url}/#/alerts/${alert.id}`)
  await heading(page, 'Deleted').waitFor()
  await remove(alert.id)
  await page.clock.fastForward(10_000)
  await heading(page, 'This alert was deleted').waitFor()
  await page.getByRole('link', { name: 'Go to the alerts' }).click()
  await heading(page, 'Alerts').waitFor()
})

test('a conflict that comes after the dialog was closed is reported, with the way back', async (t, open) => {
  const alert = await createAlert('Closed')
  const page = await openAlert(open, alert, [REFUSED])
  const answer = Promise.withResolvers<void>()
  await page.route(`**${ALERTS}/${alert.id}`, async (route) => {
    if (route.request().method() === 'PATCH') await answer.promise
    return route.fallback()
  })
  await typePrice(page, '300')
  await change(alert.id, { condition: below(400) })
  await button(page, 'Save').click()
  await page.keyboard.press('Escape')
  await dialog(page).waitFor({ state: 'detached' })
  answer.resolve()
  await failure(page, 'Not saved: someone changed it in the meantime').waitFor()
  await button(page, 'Try again').click()
  t.equal(await price(page).inputValue(), '300')
  await button(page, 'Save').click()
  await theirs(page, 'When').getByText('the price is below 400').waitFor()
  await page.unrouteAll({ behavior: 'ignoreErrors' })
})
