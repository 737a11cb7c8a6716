import type { components } from './schema.ts'

/** The body of every answer that is an error. */
export type ApiError = components['schemas']['ApiError']

/** Thrown by `paginate` and `changes` where the service, or a proxy before it, refused a request. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  /** The HTTP status, such as 410 where changes are no longer kept. */
  readonly status: number
  /** What a program can tell the fault by, if there is such a code. */
  readonly code: string | undefined

  constructor({ statusCode, message, code }: ApiError) {
    super(message)
    this.status = statusCode
    this.code = code
  }
}

/** Thrown by `verifyWebhook` for a message that is not from the service, or is too old. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError'
}
