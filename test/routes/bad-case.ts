/** Requests of the API that are refused, as tables share them. */
import type { InjectOptions } from 'fastify'
import { PRODUCTS, UNKNOWN_ID } from './helper.ts'

/** What is sent, in words; the request; the status and the message of the answer; its `Allow`. */
export type Case = [
  what: string,
  request: InjectOptions,
  status: number,
  message: string | RegExp,
  allow?: string,
]

export type Method = InjectOptions['method']

export const BATCH = `${PRODUCTS}/batch`
export const UNKNOWN = `There is no product ${UNKNOWN_ID}`

export const send = (
  payload: string | Buffer,
  url: string,
  method: Method = 'POST',
): InjectOptions => ({
  method,
  url,
  headers: { 'content-type': 'application/json' },
  payload,
})
export const typed = (type: string): InjectOptions => ({
  method: 'POST',
  url: PRODUCTS,
  headers: { 'content-type': type },
  payload: '{"name":"Mower"}',
})
