import t from 'tap'
import { CallBudget } from '../../offers/call-budget.ts'
import { SECOND } from './clock.ts'

/** Asks every 100 ms for 100 seconds, and makes all calls that are allowed; how many polls and registrations that makes. */
function calls(perSecond: number, part: (now: number) => number, work: 'polls' | 'both') {
  const budget = new CallBudget(perSecond, 0)
  const made = { offers: 0, register: 0 }
  const call = (kind: 'offers' | 'register') => {
    budget.spend(kind)
    made[kind] += 1
  }
  for (let now = 0; now <= 100 * SECOND; now += 100) {
    const allowed = budget.allowance(now, part(now))
    const registrations = work === 'both' ? Math.min(allowed.calls, allowed.registrations) : 0
    const polls = budget.pollsAfter(registrations, allowed.calls)
    for (let n = 0; n < registrations; n++) call('register')
    for (let n = 0; n < polls + registrations; n++) call('offers')
  }
  return made
}

const PARTS: [part: number, calls: number][] = [
  [1, 1000],
  [1 / 2, 500],
  [1 / 4, 250],
  [1 / 256, 4],
  [0, 1],
]
for (const [part, expected] of PARTS) {
  t.test(`an instance with ${part} of the work makes that part of the calls`, async (t) => {
    const { offers } = calls(10, () => part, 'polls')
    t.ok(Math.abs(offers - expected) <= 1, `${offers}`)
  })
}

t.test('the calls follow the part of the work', async (t) => {
  const { offers } = calls(10, (now) => (now < 50 * SECOND ? 1 : 1 / 2), 'polls')
  t.ok(Math.abs(offers - 750) <= 1, `${offers}`)
})

for (const perSecond of [1, 10, 1000]) {
  t.test(`of ${perSecond} calls a second, registrations leave half to the polls`, async (t) => {
    const { register, offers } = calls(perSecond, () => 1, 'both')
    const all = 100 * perSecond
    t.ok(Math.abs(register - all / 4) <= 1, `${register} registrations, each with a poll`)
    t.ok(Math.abs(register + offers - all) <= 2, `${register + offers} calls in all`)
  })
}

t.test('a pause ends in no burst', async (t) => {
  t.equal(new CallBudget(100, 0).allowance(100 * SECOND, 1).calls, 26)
})

t.test('a clock that is put back gives nothing, and what it shows then counts on', async (t) => {
  const budget = new CallBudget(100, 10 * SECOND)
  budget.spend('offers')
  t.equal(budget.allowance(0, 1).calls, 0)
  t.equal(budget.allowance(50, 1).calls, 5)
})

t.test('calls that were not foreseen are made up for', async (t) => {
  const budget = new CallBudget(10, 0)
  for (let call = 0; call < 3; call++) budget.spend()
  t.equal(budget.allowance(200, 1).calls, 0)
  t.equal(budget.allowance(300, 1).calls, 1)
})

t.test('without a limit any number may start', async (t) => {
  const budget = new CallBudget(Number.POSITIVE_INFINITY, 0)
  budget.spend('register')
  const unlimited = { calls: Number.POSITIVE_INFINITY, registrations: Number.POSITIVE_INFINITY }
  t.same(budget.allowance(0, 0), unlimited)
  t.equal(budget.pollsAfter(9, unlimited.calls), Number.POSITIVE_INFINITY)
})
