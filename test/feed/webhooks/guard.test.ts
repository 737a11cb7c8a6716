import t from 'tap'
import { AddressGuard, ForbiddenAddress } from '../../../feed/webhooks/guard.ts'
import { resolving } from './names.ts'

const CLOSED = { allowPrivate: false, proxied: false }

const NAMES = {
  'public.example': [['93.184.215.14']],
  'both.example': [['93.184.215.14', '10.0.0.1']],
  'private.example': [['192.168.0.1']],
  'mapped.example': [['::ffff:127.0.0.1']],
  'empty.example': [[]],
  'metadata.example': [['169.254.169.254']],
  'sixth.example': [['2606:4700::1', 'fd00:ec2::254']],
  'tunnel.example': [['2002:7f00:1::1']],
  'nat.example': [['64:ff9b::a9fe:a9fe']],
  'nowhere.example': [['0.0.0.0']],
  'kubernetes.default.svc': [['10.96.0.1']],
}

const GOOD = [
  'https://public.example/hook?key=a',
  'http://public.example:8080',
  'https://93.184.215.14/hook',
  'https://[2606:4700:4700::1111]/hook',
  'https://nobody-knows.example/hook',
]

for (const url of GOOD) {
  t.test(`the URL ${url} is accepted`, async (t) => {
    const guard = new AddressGuard({ ...CLOSED, resolve: resolving(NAMES) })
    t.equal(await guard.urlFault(url), undefined)
  })
}

const MALFORMED: [url: string, message: RegExp][] = [
  ['', /must be an http or https URL/],
  ['example.com/hook', /must be an http or https URL/],
  ['ftp://public.example/', /must be an http or https URL/],
  ['file:///etc/passwd', /must be an http or https URL/],
  ['http://', /must be an http or https URL/],
  ['http:public.example/', /must be an http or https URL/],
  ['http:/public.example/', /must be an http or https URL/],
  ['https:///public.example/', /must be an http or https URL/],
  ['https://?public.example', /must be an http or https URL/],
  ['https://public.example:99999/', /must be an http or https URL/],
  ['https://user:secret@public.example/', /user name or a password/],
  ['https://user@public.example/', /user name or a password/],
  ['https://public.example/#part', /fragment/],
  ['https://public.example/a b', /spaces/],
  ['https://public.example/\n', /spaces/],
  ['https://public.example/\0', /control characters/],
  ['http:\\\\127.0.0.1\\', /backslashes/],
]

for (const [url, message] of MALFORMED) {
  t.test(`the URL ${JSON.stringify(url)} is refused, wherever webhooks may lead`, async (t) => {
    for (const allowPrivate of [true, false]) {
      const guard = new AddressGuard({ ...CLOSED, allowPrivate, resolve: resolving(NAMES) })
      t.match(await guard.urlFault(url), message)
    }
  })
}

const FORBIDDEN = [
  'http://127.0.0.1/',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0x7f.0.0.1/',
  'http://017700000001/',
  'http://0177.0.0.1/',
  'http://127.0.0.1./',
  'http://１２７.0.0.1/',
  'http://0/',
  'http://0.0.0.0/',
  'http://00/',
  'http://0x0/',
  'http://127.0.1/',
  'http://0x7f.1/',
  'http://0177.1/',
  'http://127。0。0。1/',
  'http://%31%32%37.0.0.1/',
  'http://[::]/',
  'http://[0:0:0:0:0:0:0:1]/',
  'http://[::127.0.0.1]/',
  'http://[2002:7f00:1::]/',
  'http://[2001:0:7f00:1::]/',
  'http://100.64.0.1/',
  'http://198.18.0.1/',
  'http://224.0.0.1/',
  'http://[ff02::1]/',
  'http://0xa9fea9fe/',
  'http://0251.0376.0251.0376/',
  'http://169.254.169.254./',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:a9fe:a9fe]/',
  'http://[64:ff9b::169.254.169.254]/',
  'http://[fd00:ec2::254]/',
  'http://169.254.169.254/latest/meta-data/',
  'http://2852039166/latest/meta-data/',
  'http://metadata.google.internal/',
  'http://metadata.google.internal./',
  'http://METADATA.google.internal/',
  'http://metadata/',
  'http://metadata.example/',
  'http://sixth.example/',
  'http://tunnel.example/',
  'http://nat.example/',
  'http://nowhere.example/',
  'http://kubernetes.default.svc/',
  'http://localhost/',
  'http://localhost./',
  'http://LocalHost:3000/',
  'http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/',
  'http://both.example/',
  'http://private.example/',
  'http://mapped.example/',
]

for (const url of FORBIDDEN) {
  t.test(`the URL ${url} is refused, unless private addresses are allowed`, async (t) => {
    const resolve = resolving(NAMES)
    const guard = new AddressGuard({ ...CLOSED, resolve })
    t.match(await guard.urlFault(url), /private address.*WEBHOOK_ALLOW_PRIVATE=true/)
    const open = new AddressGuard({ ...CLOSED, allowPrivate: true, resolve })
    t.equal(await open.urlFault(url), undefined)
  })
}

t.test('a resolver that does not answer does not keep a webhook from being created', async (t) => {
  const guard = new AddressGuard({ ...CLOSED, resolve: () => {}, patienceMs: 1 })
  t.equal(await guard.urlFault('https://public.example/'), undefined)
})

t.test('through a proxy no name is resolved here, and private addresses are refused', async (t) => {
  const resolve = () => t.fail('the proxy resolves names')
  const guard = new AddressGuard({ allowPrivate: false, proxied: true, resolve })
  t.equal(await guard.urlFault('https://private.example/'), undefined)
  t.match(await guard.urlFault('https://10.0.0.1/'), /private address/)
})

t.test('the system resolves names by default', async (t) => {
  const guard = new AddressGuard({ ...CLOSED, allowPrivate: true })
  const found = await new Promise((resolve, reject) =>
    guard.lookup('127.0.0.1', {}, (error, address) => (error ? reject(error) : resolve(address))),
  )
  t.equal(found, '127.0.0.1')
})

t.test('a connection gets the addresses that were checked, and no other', async (t) => {
  const guard = new AddressGuard({ ...CLOSED, resolve: resolving(NAMES) })
  guard.lookup('public.example', { all: true }, (error, addresses) => {
    t.equal(error, null)
    t.same(addresses, [{ address: '93.184.215.14', family: 4 }])
  })
  guard.lookup('public.example', {}, (error, address, family) => {
    t.equal(error, null)
    t.same([address, family], ['93.184.215.14', 4])
  })
  const hosts = ['both', 'private', 'mapped', 'metadata', 'sixth', 'tunnel', 'nat', 'nowhere']
  for (const host of hosts.map((name) => `${name}.example`)) {
    guard.lookup(host, {}, (error) => t.type(error, ForbiddenAddress))
  }
  guard.lookup('empty.example', {}, (_error, address) => t.equal(address, ''))
  guard.lookup('unknown.example', {}, (error) => t.match(error, { code: 'ENOTFOUND' }))
})
