import { InvalidArgumentError, Option } from 'commander'
import { request } from 'undici'
import { Config, tokensIn } from '../config/config.ts'
import { readEnvironment } from '../config/environment.ts'
import { Type } from '../typebox.ts'
import type { Context } from './context.ts'
import { serviceUrl } from './service-url.ts'

/** Longer than the service gives itself for an answer. */
const TIMEOUT_MS = 60_000

/** With these a connection could not even be opened. */
const NOT_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/

const ADVICE: Record<number, string> = {
  401: '; set API_TOKEN to the token that the service was started with',
  403: '; set API_TOKEN to the token that is good for writing as well',
}

/** A call to the API that did not succeed; the message says why. */
export class CallFailed extends Error {
  /** Whether the service may have done what it was asked for. */
  readonly mayBeDone: boolean

  constructor(message: string, mayBeDone: boolean) {
    super(message)
    this.mayBeDone = mayBeDone
  }
}

/** A call to the API. */
export interface ApiRequest {
  /** Behind `/api/v1`. */
  path: string
  /** Sent as JSON by POST; a call without it is a GET. */
  body?: object
  signal?: AbortSignal
}

/** The option that says where the service is. */
export function urlOption(): Option {
  const option = new Option(
    '--url <url>',
    'where the service is (default: this machine, at HOST and PORT)',
  )
  return option.argParser((text) => {
    const url = URL.parse(text)
    if (!url || !/^https?:$/.test(url.protocol)) {
      throw new InvalidArgumentError('It is no http or https URL.')
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
 * Gives what calls the API of the service at `url`, with the first token that the environment has. A call
 * resolves with the JSON of a good answer and rejects with `CallFailed`, or where it was aborted.
 */
export function apiAt(url: string | undefined, { env }: Context) {
  const { API_TOKEN } = readEnvironment(Type.Pick(Config, ['API_TOKEN']), env)
  const [token] = tokensIn(API_TOKEN)
  const service = url ?? serviceUrl(env)

  async function exchange({ path, body, signal }: ApiRequest) {
    const answer = await request(`${service}/api/v1${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        accept: 'application/json',
        ...(body && { 'content-type': 'application/json' }),
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
        ? new CallFailed(`The service at ${service} cannot be reached (${code})`, false)
        : new CallFailed(`The connection to the service at ${service} broke (${code})`, true)
    })
    if (status !== 200) {
      const said = `${status}${messageOf(json)}${ADVICE[status] ?? ''}`
      throw new CallFailed(`The service at ${service} answered ${said}`, status >= 500)
    }
    if (json === undefined) throw new CallFailed(`What is at ${service} is not this service`, true)
    return json as T
  }
}
