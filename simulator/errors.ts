import type { FastifyError } from 'fastify'
import type { Generation } from '../offers/protocol.ts'
import { STATUS_CODES } from '../trimmed/node-http.ts'

/** One validation error of a request, as listed by the second generation (FastAPI's format). */
export interface InvalidDetail {
  loc: string[]
  msg: string
  type: string
}

/** An error of the protocol, answered with this status and message. */
export class ProtocolError extends Error {
  readonly statusCode: number

  constructor(statusCode: number, message: string) {
    super(message)
    this.statusCode = statusCode
  }
}

/** The status for invalid data. */
export const invalidStatus = (generation: Generation) => (generation === 1 ? 400 : 422)

/** The body of an error: `{ code, msg }` in the first generation, `{ detail }` in the second. */
export function errorBody(generation: Generation, status: number, message: string) {
  return generation === 1 ? { code: errorCode(status), msg: message } : { detail: message }
}

/** `BAD_REQUEST` has an underscore and `NOT FOUND` a space, as in the documentation of the service. */
function errorCode(status: number): string {
  return status === 400 ? 'BAD_REQUEST' : (STATUS_CODES[status] ?? 'ERROR').toUpperCase()
}

/** The status and body for any error thrown while a call of the protocol is served. */
export function answerTo(error: FastifyError, generation: Generation) {
  if (error instanceof ProtocolError) {
    return {
      status: error.statusCode,
      body: errorBody(generation, error.statusCode, error.message),
    }
  }
  const status = (error.statusCode ?? 500) < 500 ? invalidStatus(generation) : 500
  if (status === 422) return { status, body: { detail: invalidDetails(error) } }
  return { status, body: errorBody(generation, status, error.message) }
}

const LOCATIONS = new Map([
  ['params', 'path'],
  ['headers', 'header'],
])

function invalidDetails(error: FastifyError): InvalidDetail[] {
  const context = error.validationContext ?? 'body'
  const where = LOCATIONS.get(context) ?? context
  const faults = error.validation ?? [
    { instancePath: '', params: {}, message: error.message, keyword: 'json_invalid' },
  ]
  return faults.map(({ instancePath, params, message, keyword }) => {
    const missing = 'missingProperty' in params ? [String(params.missingProperty)] : []
    return {
      loc: [where, ...instancePath.split('/').slice(1), ...missing],
      msg: String(message),
      type: keyword,
    }
  })
}
