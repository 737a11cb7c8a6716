import t from 'tap'
import { isPublicAddress, isPublicHost } from '../../../feed/webhooks/address.ts'

const PUBLIC = ['93.184.215.14', '1.1.1.1', '2606:4700:4700::1111', '2a00:1450:4001:80e::200e']

/** The neighbours of what is not public. */
PUBLIC.push(
  ...['1.0.0.0', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0'],
  ...['126.255.255.255', '128.0.0.0', '168.63.129.15', '168.63.129.17', '169.253.255.255'],
  ...['169.255.0.0', '172.15.255.255', '172.32.0.0', '191.255.255.255', '192.0.1.0', '192.0.3.0'],
  ...['192.88.98.255', '192.88.100.0', '192.167.255.255', '192.169.0.0', '198.17.255.255'],
  ...['198.20.0.0', '198.51.99.255', '198.51.101.0', '203.0.112.255', '203.0.114.0'],
  ...['223.255.255.255', '2001:200::', '2001:db7::1', '2001:db9::1', '2003::', '3ffe::1'],
  ...['2606:4700::5eff:7f00:1', '2606:4700:0:0:100:5efe:7f00:1'],
)

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
  ['100.64.0.0', 'carrier-grade NAT'],
  ['100.127.255.255', 'carrier-grade NAT'],
  ['100.100.100.200', 'the metadata service of Alibaba'],
  ['169.254.1.1', 'link-local'],
  ['169.254.169.254', 'a metadata service'],
  ['168.63.129.16', 'the metadata service of Azure'],
  ['192.0.0.192', 'the metadata service of Oracle'],
  ['192.0.0.8', 'a host without an address'],
  ['192.0.0.170', 'the discovery of NAT64'],
  ['192.0.2.1', 'documentation'],
  ['192.31.196.1', 'AS112'],
  ['192.52.193.1', 'multicast by tunnel'],
  ['192.175.48.1', 'AS112'],
  ['198.18.0.1', 'benchmarks'],
  ['198.19.255.255', 'benchmarks'],
  ['198.51.100.1', 'documentation'],
  ['203.0.113.1', 'documentation'],
  ['192.88.99.1', 'relays of 6to4'],
  ['224.0.0.1', 'multicast'],
  ['239.255.255.250', 'multicast'],
  ['240.0.0.1', 'reserved'],
  ['255.255.255.255', 'broadcast'],
  ['::', 'this host'],
  ['::1', 'loopback'],
  ['::127.0.0.1', 'IPv4-compatible'],
  ['::7f00:1', 'IPv4-compatible'],
  ['::1.1.1.1', 'IPv4-compatible, also of a public address'],
  ['::ffff:127.0.0.1', 'IPv4-mapped'],
  ['::ffff:7f00:1', 'IPv4-mapped'],
  ['::ffff:1.1.1.1', 'IPv4-mapped, also of a public address'],
  ['0:0:0:0:0:ffff:a9fe:a9fe', 'IPv4-mapped'],
  ['::ffff:168.63.129.16', 'IPv4-mapped'],
  ['::ffff:0:127.0.0.1', 'IPv4-translated'],
  ['64:ff9b::7f00:1', 'NAT64'],
  ['64:ff9b::a9fe:a9fe', 'NAT64'],
  ['64:ff9b::101:101', 'NAT64, also of a public address'],
  ['64:ff9b:1::7f00:1', 'NAT64 of a local network'],
  ['2002:7f00:1::', '6to4'],
  ['2002:a9fe:a9fe::1', '6to4'],
  ['2002:101:101::1', '6to4, also of a public address'],
  ['2001:0:7f00:1::', 'Teredo'],
  ['2001:0:101:101::80ff:fffe', 'Teredo, whose client has a hidden address'],
  ['2606:4700::5efe:127.0.0.1', 'ISATAP'],
  ['2606:4700::200:5efe:a00:1', 'ISATAP'],
  ['2001:1::1', 'port control'],
  ['2001:2::1', 'benchmarks'],
  ['2001:3::1', 'multicast by tunnel'],
  ['2001:4:112::1', 'AS112'],
  ['2001:10::1', 'ORCHID'],
  ['2001:20::1', 'ORCHID'],
  ['2620:4f:8000::1', 'AS112'],
  ['fe80::1', 'link-local'],
  ['fe80::1%eth0', 'link-local with a zone'],
  ['fec0::1', 'site-local'],
  ['fc00::1', 'unique local'],
  ['fd00:ec2::254', 'the metadata service of AWS'],
  ['fd20:ce::254', 'the metadata service of Google'],
  ['febf::1', 'link-local'],
  ['ff02::1', 'multicast'],
  ['ff0e::1', 'multicast'],
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
