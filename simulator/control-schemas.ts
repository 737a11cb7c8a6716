import { type Static, Type } from '@sinclair/typebox'
import { FaultSettings } from './faults.ts'
import { LOG_SIZE } from './served.ts'

const Count = Type.Integer({ minimum: 0 })
const Statuses = Type.Record(Type.String(), Count)
const perCall = <T extends typeof Count | typeof Statuses>(what: T, description: string) =>
  Type.Object({ auth: what, register: what, offers: what }, { description })

/** What a simulator has served and how it is set: answer of `GET /control`. */
export type ControlReport = Static<typeof ControlReport>
export const ControlReport = Type.Object({
  generation: Type.Union([Type.Literal(1), Type.Literal(2)]),
  tick: Type.Integer({ description: 'The tick that the market is at' }),
  requests: perCall(Count, 'Requests that came since the start or the last reset'),
  statuses: perCall(Statuses, 'Answers by status; 0 counts those reset or never answered'),
  granted: Type.Object(
    { auth: Count, register: Count },
    {
      description: 'Tokens issued and registrations accepted; with a journal they survive restarts',
    },
  ),
  products: Type.Integer({ description: 'Products registered, over all accounts' }),
  tokens: Type.Integer({ description: 'Access tokens that are valid now' }),
  seconds: Type.Array(Type.Tuple([Type.Integer(), Count]), {
    description: 'Unix second and requests for offers in it, for the last ten minutes',
  }),
  log: Type.Boolean({ description: 'Whether answers are kept in the log' }),
  faults: FaultSettings,
})

/** Body of `PATCH /control`: what is left out stays as it is. */
export type ControlPatch = Static<typeof ControlPatch>
export const ControlPatch = Type.Partial(
  Type.Object({ ...FaultSettings.properties, log: Type.Boolean() }),
  { additionalProperties: false },
)

/** Query of `GET /control/log`. */
export type LogQuery = Static<typeof LogQuery>
export const LogQuery = Type.Object({
  limit: Type.String({
    pattern: '^[1-9][0-9]{0,5}$',
    default: '1000',
    description: `The number of latest entries, at most ${LOG_SIZE}`,
  }),
})

/** One served request: an item of the answer of `GET /control/log`. */
export type ControlLogEntry = Static<typeof ControlLogEntry>
export const ControlLogEntry = Type.Object({
  at: Type.Integer({ description: 'When it was answered, in milliseconds since 1970' }),
  call: Type.Union([Type.Literal('auth'), Type.Literal('register'), Type.Literal('offers')]),
  product: Type.Union([Type.String(), Type.Null()]),
  status: Type.Integer({ description: '0 if the connection was reset or never answered' }),
  body: Type.String({ description: 'The answer as it was sent' }),
  offers: Type.Unknown({ description: 'What the body says, for offers answered with 200' }),
})

/** The path of the controls of one product. */
export type ProductParams = Static<typeof ProductParams>
export const ProductParams = Type.Object({ id: Type.String({ minLength: 1 }) })
