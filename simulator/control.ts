import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { ControlLogEntry, ControlPatch, ControlReport, LogQuery } from './control-schemas.ts'
import type { LogEntry } from './served.ts'
import type { Simulator } from './simulator.ts'

/** Controls of the simulator as a whole, for tests and people; no token is asked for. */
export const controlRoutes: FastifyPluginCallbackTypebox<{ simulator: Simulator }> = (
  app,
  { simulator },
  done,
) => {
  const { faults, served, state, clock } = simulator

  app.get(
    '/',
    { schema: { summary: 'What it served, and how it is set', response: { 200: ControlReport } } },
    () => reportOf(simulator),
  )

  app.patch(
    '/',
    {
      schema: {
        summary: 'Sets faults and the log; what is left out stays as it is',
        body: ControlPatch,
        response: { 200: ControlReport },
      },
    },
    (request) => {
      const { log = served.keepLog, ...settings } = request.body
      served.keepLog = log
      Object.assign(faults.settings, settings)
      return reportOf(simulator)
    },
  )

  app.get(
    '/log',
    {
      schema: {
        summary: 'The latest answers, oldest first, if the log is on',
        querystring: LogQuery,
        response: { 200: Type.Array(ControlLogEntry) },
      },
    },
    (request) => served.log(Number(request.query.limit)).map(withOffers),
  )

  app.delete(
    '/tokens',
    { schema: { summary: 'Makes every access token invalid', response: { 204: Type.Null() } } },
    (_request, reply) => {
      state.revokeTokens()
      reply.code(204).send(null)
    },
  )

  app.post(
    '/reset',
    {
      schema: {
        summary: 'Forgets tokens, products, faults, set answers and counts',
        response: { 204: Type.Null() },
      },
    },
    (_request, reply) => {
      simulator.reset()
      reply.code(204).send(null)
    },
  )

  function reportOf({ generation, answers }: Simulator): ControlReport {
    const now = clock()
    const accounts = [...state.accounts.values()]
    return {
      generation,
      tick: answers.tick(),
      requests: served.requests,
      statuses: served.statuses,
      granted: state.granted,
      products: accounts.reduce((sum, account) => sum + account.products.size, 0),
      tokens: accounts.filter((account) => state.holdsToken(account.owner, now)).length,
      seconds: served.seconds(now),
      log: served.keepLog,
      faults: faults.settings,
    }
  }

  done()
}

function withOffers(entry: LogEntry): ControlLogEntry {
  const offers = entry.call === 'offers' && entry.status === 200
  return { ...entry, offers: offers ? parse(entry.body) : null }
}

/** Null for a body that is not JSON: a malformed answer was asked for. */
function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}
