import { BlockList, isIP } from 'node:net'

/** What the environment says of proxies, as most programs read it. */
interface ProxyVariables {
  HTTP_PROXY?: string
  HTTPS_PROXY?: string
  NO_PROXY?: string
}

/** The proxy for a service; undefined where it is called without one. */
export function proxyFor(baseUrl: string, variables: ProxyVariables): string | undefined {
  const url = new URL(baseUrl)
  const isTls = url.protocol === 'https:'
  const proxy = isTls ? variables.HTTPS_PROXY : variables.HTTP_PROXY
  const port = url.port || (isTls ? '443' : '80')
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
  return isListed(host, port, variables.NO_PROXY ?? '') ? undefined : proxy
}

/**
 * Whether a host is in a list as `NO_PROXY` has it: names, which stand for all names below them as well
 * (`*.name` for those alone), addresses, networks such as `10.0.0.0/8`, each with a port or without,
 * and `*` for all.
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

/** An address of version 6 has colons of its own, so that it is in brackets where a port follows. */
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
