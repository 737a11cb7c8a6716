import t from 'tap'
import { isPublicAddress, isPublicHost } from '../../../feed/webhooks/address.ts'

const PUBLIC = ['93.184.215.14', '1.1.1.1', '2606:4700:4700::1111', '2a00:1450:4001:80e::200e']

for (const address of PUBLIC) {
  t.test(`${address} is public`, async (t) => t.ok(isPublicAddress(address)))
}

const NOT_PUBLIC: [address: string, why: string][] = [
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['0.0.0.0', 'this host'],
  ['0.1.2.3', 'this network'],
  ['10.1.2.3', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.1.1', 'private'],
  ['100.64.0.1', 'carrier-grade NAT'],
  ['100.100.100.200', 'the metadata service of Alibaba'],
  ['169.254.1.1', 'link-local'],
  ['169.254.169.254', 'a metadata service'],
  ['168.63.129.16', 'the metadata service of Azure'],
  ['192.0.0.192', 'the metadata service of Oracle'],
  ['192.0.2.1', 'documentation'],
  ['198.18.0.1', 'benchmarks'],
  ['198.51.100.1', 'documentation'],
  ['203.0.113.1', 'documentation'],
  ['192.88.99.1', 'relays of 6to4'],
  ['224.0.0.1', 'multicast'],
  ['240.0.0.1', 'reserved'],
  ['255.255.255.255', 'broadcast'],
  ['::', 'this host'],
  ['::1', 'loopback'],
  ['::127.0.0.1', 'IPv4-compatible'],
  ['::ffff:127.0.0.1', 'IPv4-mapped'],
  ['::ffff:7f00:1', 'IPv4-mapped'],
  ['::ffff:1.1.1.1', 'IPv4-mapped, also of a public address'],
  ['::ffff:0:127.0.0.1', 'IPv4-translated'],
  ['64:ff9b::7f00:1', 'NAT64'],
  ['64:ff9b::a9fe:a9fe', 'NAT64'],
  ['64:ff9b:1::7f00:1', 'NAT64 of a local network'],
  ['2002:7f00:1::', '6to4'],
  ['2001:0:7f00:1::', 'Teredo'],
  ['fe80::1', 'link-local'],
  ['fe80::1%eth0', 'link-local with a zone'],
  ['fec0::1', 'site-local'],
  ['fc00::1', 'unique local'],
  ['fd00:ec2::254', 'the metadata service of AWS'],
  ['ff02::1', 'multicast'],
  ['100::1', 'discarded'],
  ['2001:db8::1', 'documentation'],
  ['3fff::1', 'documentation'],
  ['5f00::1', 'segment routing'],
  ['4000::1', 'not allocated'],
  ['', 'not an address'],
  ['example.com', 'not an address'],
  ['0177.0.0.1', 'not the form in which addresses are resolved'],
]

for (const [address, why] of NOT_PUBLIC) {
  t.test(`${address || 'nothing'} is not public: ${why}`, async (t) => {
    t.notOk(isPublicAddress(address))
  })
}

const HOSTS: [host: string, isPublic: boolean][] = [
  ['example.com', true],
  ['example.com.', true],
  ['internal.example.com', true],
  ['localhost.example.com', true],
  ['1.1.1.1', true],
  ['10.0.0.1', false],
  ['::1', false],
  ['localhost', false],
  ['LOCALHOST', false],
  ['localhost.', false],
  ['localhost..', false],
  ['app.localhost', false],
  ['localhost.localdomain', false],
  ['metadata', false],
  ['postgres', false],
  ['metadata.google.internal', false],
  ['metadata.google.internal.', false],
  ['instance-data.ec2.internal', false],
  ['kubernetes.default.svc.cluster.local', false],
  ['printer.home.arpa', false],
  ['router.lan', false],
]

for (const [host, isPublic] of HOSTS) {
  t.test(`the host ${host} ${isPublic ? 'may be' : 'is never'} public`, async (t) => {
    t.equal(isPublicHost(host), isPublic)
  })
}
