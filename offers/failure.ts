/** undici's message for a proxy that did not open a tunnel or did not forward a request. */
const PROXY_ANSWER = /^Proxy (?:response|Authentication Required) \((\d{3})\)/

/** Error codes for a connection that could not be opened. */
const NOT_CONNECTED = new Set(['ECONNREFUSED', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_PRX_CONN'])

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}

/** Whether the peer, which is the proxy if there is one, could not be reached. */
function isNotConnected(error: unknown): boolean {
  const syscall = error instanceof Error && 'syscall' in error ? error.syscall : undefined
  const code = codeOf(error) ?? ''
  return NOT_CONNECTED.has(code) || syscall === 'connect' || syscall === 'getaddrinfo'
}

/**
 * Returns a function that describes how a call failed, from its status or its error. The description
 * names the proxy, if any, since the proxy itself can fail, but never its credentials.
 */
export function failureDescriber(
  timeoutMs: number,
  proxyUrl: string | undefined,
): (failure: unknown) => string {
  const proxy = proxyUrl === undefined ? undefined : new URL(proxyUrl).origin
  const through = proxy === undefined ? '' : ` through the proxy ${proxy}`
  return (failure) => {
    if (typeof failure === 'number') return `The Offers service answered ${failure}${through}`
    if (failure instanceof Error && failure.name === 'TimeoutError') {
      return `The Offers service did not answer within ${timeoutMs} ms${through}`
    }
    const [, status] = PROXY_ANSWER.exec(failure instanceof Error ? failure.message : '') ?? []
    if (status === '407') {
      return `The proxy ${proxy} answered 407: it wants other credentials than those in its URL`
    }
    if (status !== undefined) return `The proxy ${proxy} answered ${status}`
    const code = codeOf(failure)
    const shown = code === undefined ? '' : ` (${code})`
    if (proxy !== undefined && isNotConnected(failure)) {
      return `The proxy ${proxy} cannot be reached${shown}`
    }
    return `The Offers service cannot be reached${through}${shown}`
  }
}
