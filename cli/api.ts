import { Type } from '@sinclair/typebox'
import { InvalidArgumentError, Option } from 'commander'
import { request } from 'undici'
import { Config, tokensIn } from '../config/config.ts'
import { readEnvironment } from '../config/environment.ts'
import type { Context } from './context.ts'
import { serviceUrl } from './service-url.ts'

/** Longer than the service takes at most for an answer. */
const TIMEOUT_MS = 60_000

/** The error codes of connections that could not be opened. */
const NOT_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/

const ADVICE: Record<number, string> = {
  401: '; set API_TOKEN to the token that the service was started with',
  403: '; set API_TOKEN to a token that may write',
}

/** A failed call to the API. */
export class CallFailed extends Error {
  /** Whether the service may have carried out the request. */
  readonly mayBeDone: boolean
  /** The status of the answer; undefined without an answer. */
  readonly status: number | undefined

  constructor(message: string, mayBeDone: boolean, status?: number) {
    super(message)
    this.mayBeDone = mayBeDone
    this.status = status
  }
}

/** A call to the API. */
export interface ApiRequest {
  /** The path below `/api/v1`. */
  path: string
  /** Sent as JSON in a POST; without it, the call is a GET. */
  body?: object
  /** So that sending the same again creates nothing twice. */
  idempotencyKey?: string
  signal?: AbortSignal
}

/** The option for the URL of the service. */
export function urlOption(): Option {
  const option = new Option(
    '--url <url>',
    'the URL of the service (default: this machine, at HOST and PORT)',
  )
  return option.argParser((text) => {
    const url = URL.parse(text)
    if (!url || !/^https?:$/.test(url.protocol)) {
      throw new InvalidArgumentError('It must be an http or https URL.')
    }
    return url.origin + url.pathname.replace(/\/+$/, '')
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function messageOf(answer: unknown): string {
  const has = typeof answer === 'object' && answer !== null && 'message' in answer
  return has ? `: ${answer.message}` : ''
}

/**
 * Makes a function that calls the API of the service at `url`, with the first token in the environment. A call
 * resolves with the JSON of a 200 answer. It rejects with `CallFailed`, or with the abort reason.
 */
export function apiAt(url: string | undefined, { env }: Context) {
  const { API_TOKEN } = readEnvironment(Type.Pick(Config, ['API_TOKEN']), env)
  const [token] = tokensIn(API_TOKEN)
  const service = url ?? serviceUrl(env)

  async function exchange({ path, body, idempotencyKey, signal }: ApiRequest) {
    const answer = await request(`${service}/api/v1${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        accept: 'application/json',
        ...(body && { 'content-type': 'application/json' }),
        ...(idempotencyKey && { 'idempotency-key': idempotencyKey }),
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: body && JSON.stringify(body),
      headersTimeout: TIMEOUT_MS,
      signal,
    })
    return { status: answer.statusCode, json: parse(await answer.body.text()) }
  }

  return async function call<T>(what: ApiRequest): Promise<T> {
    const { status, json } = await exchange(what).catch((error: Error & { code?: string }) => {
      if (what.signal?.aborted) throw error
      const { code = error.message } = error
      throw NOT_CONNECTED.test(code)
        ? new CallFailed(
            `The service at ${service} cannot be reached (${code}); check that it runs, or set --url`,
            false,
          )
        : new CallFailed(`The connection to the service at ${service} broke (${code})`, true)
    })
    if (status !== 200) {
      const said = `${status}${messageOf(json)}${ADVICE[status] ?? ''}`
      throw new CallFailed(`The service at ${service} answered ${said}`, status >= 500, status)
    }
    if (json === undefined) {
      throw new CallFailed(`The server at ${service} is not a product aggregator; set --url`, true)
    }
    return json as T
  }
}
