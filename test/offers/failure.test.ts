import t from 'tap'
import { failureDescriber } from '../../offers/failure.ts'

const PROXY = 'http://proxy.test:3128'

const error = (message: string, others: object = {}) => Object.assign(new Error(message), others)

const failures: [name: string, failure: unknown, direct: string, proxied: string][] = [
  [
    'a status',
    502,
    'The Offers service answered 502',
    `The Offers service answered 502 through the proxy ${PROXY}`,
  ],
  [
    'a deadline that is over',
    new DOMException('late', 'TimeoutError'),
    'The Offers service did not answer within 100 ms',
    `The Offers service did not answer within 100 ms through the proxy ${PROXY}`,
  ],
  [
    'a connection that is refused',
    error('refused', { code: 'ECONNREFUSED' }),
    'The Offers service cannot be reached (ECONNREFUSED)',
    `The proxy ${PROXY} cannot be reached (ECONNREFUSED)`,
  ],
  [
    'a network that is down',
    error('down', { code: 'ENETUNREACH', syscall: 'connect' }),
    'The Offers service cannot be reached (ENETUNREACH)',
    `The proxy ${PROXY} cannot be reached (ENETUNREACH)`,
  ],
  [
    'a name that is not found',
    error('not found', { code: 'ENOTFOUND', syscall: 'getaddrinfo' }),
    'The Offers service cannot be reached (ENOTFOUND)',
    `The proxy ${PROXY} cannot be reached (ENOTFOUND)`,
  ],
  [
    'a reset',
    error('reset', { code: 'ECONNRESET', syscall: 'read' }),
    'The Offers service cannot be reached (ECONNRESET)',
    `The Offers service cannot be reached through the proxy ${PROXY} (ECONNRESET)`,
  ],
  [
    'an error without a code',
    error('what'),
    'The Offers service cannot be reached',
    `The Offers service cannot be reached through the proxy ${PROXY}`,
  ],
  [
    'something that is no error',
    'what',
    'The Offers service cannot be reached',
    `The Offers service cannot be reached through the proxy ${PROXY}`,
  ],
]
for (const [name, failure, direct, proxied] of failures) {
  t.test(`${name} is explained in words, with the proxy if there is one`, async (t) => {
    t.equal(failureDescriber(100, undefined)(failure), direct)
    t.equal(failureDescriber(100, 'http://me:s3cret@proxy.test:3128/')(failure), proxied)
  })
}
