import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Addresses that look public and lead to the metadata service of a cloud: Azure's. */
const METADATA = new Set(['168.63.129.16'])

/** What is allocated to the public internet of IPv6 (RFC 4291, section 2.4); the rest is reserved or translated. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3')

/** Whether an address is one of ISATAP (RFC 5214), which stands for the IPv4 address at its end. */
const isTunnelled = ({ parts }: ipaddr.IPv6) =>
  parts[5] === 0x5efe && (parts[4] === 0 || parts[4] === 0x200)

/**
 * Whether an address belongs to the public internet. An IPv6 address that stands for an IPv4 address (mapped,
 * translated by NAT64, or tunnelled) does not, because the host that it leads to depends on the network.
 */
export function isPublicAddress(text: string): boolean {
  if (isIP(text) === 0) return false
  const address = ipaddr.parse(text)
  if (address.range() !== 'unicast' || METADATA.has(text)) return false
  if (address instanceof ipaddr.IPv4) return true
  return address.match(GLOBAL_UNICAST) && !isTunnelled(address)
}

/** Names that no public host has: RFC 6762, RFC 6761, RFC 8375, and what ICANN has reserved for private use. */
const PRIVATE_NAME =
  /(^|\.)(localhost|localdomain|local|internal|intranet|lan|home|corp|home\.arpa)$/

/** The host of a URL, without the brackets of an IPv6 address. */
export const hostOf = ({ hostname }: URL) => hostname.replace(/^\[(.*)\]$/, '$1')

/**
 * Whether the host of a URL may be public: whether it is a public address, or a name that can have one. Names
 * without a dot are those of a local network.
 */
export function isPublicHost(host: string): boolean {
  if (isIP(host) !== 0) return isPublicAddress(host)
  const name = host.toLowerCase().replace(/\.+$/, '')
  return name.includes('.') && !PRIVATE_NAME.test(name)
}
