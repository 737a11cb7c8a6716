import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { kept, Rounds, shared, Turns } from '../../concurrency/in-flight.ts'

const failure = new Error('failed')

/** Each way in which work can end. */
const ENDS: [name: string, work: () => Promise<string>][] = [
  ['at once', async () => 'done'],
  ['later', () => nextTurn('done')],
  [
    'at once with an error',
    async () => {
      throw failure
    },
  ],
  [
    'later with an error',
    async () => {
      await nextTurn()
      throw failure
    },
  ],
  [
    'with an error before it gave a promise',
    () => {
      throw failure
    },
  ],
]

/** How an attempt ended, also one that throws at once. */
const end = async (attempt: () => Promise<unknown>) => {
  try {
    return await attempt()
  } catch (error) {
    return error
  }
}

for (const [name, work] of ENDS) {
  t.test(`after work that ended ${name}`, async (t) => {
    const expected = await end(work)

    t.test('shared work can be done again', async (t) => {
      let done = 0
      const run = shared(() => {
        done += 1
        return work()
      })
      for (const times of [1, 2, 3]) {
        t.equal(await end(run), expected)
        t.equal(done, times)
      }
    })

    t.test('what is kept is made once, or tried again', async (t) => {
      let made = 0
      const make = kept(() => {
        made += 1
        return work()
      })
      for (const times of [1, 2, 3]) {
        t.equal(await end(make), expected)
        t.equal(made, expected === failure ? times : 1)
      }
    })

    t.test('the next turn can be taken', async (t) => {
      const turns = new Turns()
      const taken = [1, 2, 3].map(() => end(() => turns.take('a', async () => work())))
      t.strictSame(await Promise.all(taken), [expected, expected, expected])
    })

    t.test('another round can begin', async (t) => {
      let done = 0
      const errors: unknown[] = []
      const rounds = new Rounds({
        round() {
          done += 1
          return work().then(() => undefined)
        },
        failed: (error) => errors.push(error),
      })
      for (const times of [1, 2, 3]) {
        await rounds.ask()
        t.equal(done, times)
        t.equal(errors.length, expected === failure ? times : 0)
      }
    })
  })
}

t.test('everyone who asks while shared work runs has its result', async (t) => {
  let done = 0
  const run = shared(async () => {
    done += 1
    await nextTurn()
    return done
  })
  t.strictSame(await Promise.all([run(), run(), run()]), [1, 1, 1])
  t.equal(await run(), 2)
})

t.test('turns under one name follow each other, and those under others do not', async (t) => {
  const turns = new Turns()
  const seen: string[] = []
  const take = (name: string, what: string) =>
    turns.take(name, async () => {
      seen.push(`${what} begins`)
      await nextTurn()
      seen.push(`${what} ends`)
    })
  await Promise.all([take('a', '1'), take('a', '2'), take('b', '3')])
  t.strictSame(
    seen.filter((what) => !what.startsWith('3')),
    ['1 begins', '1 ends', '2 begins', '2 ends'],
  )
  t.ok(seen.indexOf('3 begins') < seen.indexOf('1 ends'))
})

t.test('everyone who asks while it is made has what is kept', async (t) => {
  let made = 0
  const make = kept(async () => {
    made += 1
    await nextTurn()
    return made
  })
  t.strictSame(await Promise.all([make(), make(), make()]), [1, 1, 1])
})

t.test('rounds that are asked for during a round', async (t) => {
  t.test('become one more, whether or not it failed', async (t) => {
    for (const fails of [false, true]) {
      let done = 0
      const gate = Promise.withResolvers<void>()
      const rounds = new Rounds({
        async round() {
          done += 1
          await gate.promise
          if (fails) throw failure
        },
        failed() {},
      })
      const asked = [rounds.ask(), rounds.ask(), rounds.ask()]
      t.equal(done, 1)
      gate.resolve()
      await Promise.all([...asked, rounds.ended])
      t.equal(done, 2)
    }
  })

  t.test('are not lost when it ends at once', async (t) => {
    let done = 0
    const rounds: Rounds = new Rounds({
      async round() {
        done += 1
        if (done === 1) void rounds.ask()
      },
      failed() {},
    })
    await rounds.ask()
    t.equal(done, 2)
  })

  t.test('are not lost at the moment of its end', async (t) => {
    // However many steps of the microtask queue lie between the end of the round and the call.
    for (let steps = 0; steps < 8; steps++) {
      let done = 0
      const rounds = new Rounds({
        async round() {
          done += 1
        },
        failed() {},
      })
      void rounds.ask()
      for (let step = 0; step < steps; step++) await undefined
      await rounds.ask()
      t.equal(done, 2, `after ${steps} steps`)
    }
  })
})

t.test('a round can begin after one whose failure could not be reported', async (t) => {
  let done = 0
  const rounds = new Rounds({
    async round() {
      done += 1
      throw failure
    },
    failed(error) {
      throw error
    },
  })
  await t.rejects(rounds.ask(), failure)
  await t.rejects(rounds.ask(), failure)
  t.equal(done, 2)
})

t.test('rounds that were not requested have ended', async (t) => {
  let done = 0
  const rounds = new Rounds({
    async round() {
      done += 1
    },
    failed() {},
  })
  await rounds.ended
  t.equal(done, 0)
})
