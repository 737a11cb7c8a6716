import { BlockList, isIP } from 'node:net'

/** The conventional environment variables for proxies. */
interface ProxyVariables {
  HTTP_PROXY?: string
  HTTPS_PROXY?: string
  NO_PROXY?: string
}

/** The proxy for a service; undefined if it is called directly. */
export function proxyFor(baseUrl: string, variables: ProxyVariables): string | undefined {
  const url = new URL(baseUrl)
  const isTls = url.protocol === 'https:'
  const proxy = isTls ? variables.HTTPS_PROXY : variables.HTTP_PROXY
  const port = url.port || (isTls ? '443' : '80')
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
  return isListed(host, port, variables.NO_PROXY ?? '') ? undefined : proxy
}

/**
 * Whether a host matches a `NO_PROXY` list. An entry is a name, which also matches its subdomains
 * (`*.name` matches only those), an address, or a network such as `10.0.0.0/8`, each with or without a
 * port, or `*` for all hosts.
 */
function isListed(host: string, port: string, list: string): boolean {
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      const { name, onlyPort } = parse(entry)
      if (name === '' || (onlyPort !== undefined && onlyPort !== port)) return false
      if (isIP(host) !== 0) return name === '*' || isInNetwork(host, name)
      const parent = name.replace(/^\*?\./, '')
      const isParent = !name.startsWith('*.') && host === parent
      return name === '*' || isParent || host.endsWith(`.${parent}`)
    })
}

/** An IPv6 address contains colons, so it is written in brackets if a port follows. */
function parse(entry: string): { name: string; onlyPort: string | undefined } {
  const parts = /^\[(.+)\](?::(\d+))?$/.exec(entry) ?? /^([^:]*):(\d+)$/.exec(entry)
  return { name: (parts?.[1] ?? entry).replace(/\.$/, ''), onlyPort: parts?.[2] }
}

function isInNetwork(host: string, network: string): boolean {
  const [, address = '', prefix] = /^([^/]*)(?:\/(\d+))?$/.exec(network) ?? []
  if (isIP(address) === 0) return false
  const bits = isIP(address) === 4 ? 32 : 128
  const length = prefix === undefined ? bits : Number(prefix)
  if (length > bits) return false
  const addresses = new BlockList()
  addresses.addSubnet(address, length, family(address))
  return addresses.check(host, family(host))
}

const family = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4')
