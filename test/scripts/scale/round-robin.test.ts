import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { freePort } from '../../../scripts/container/catalogue.ts'
import { roundRobin } from '../../../scripts/scale/round-robin.ts'

async function listen(t: Test, server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const serve = (t: Test, listener: RequestListener) => listen(t, createServer(listener))
const named = (t: Test, name: string) =>
  serve(t, async (request, answer) => {
    const body = await request.toArray()
    answer
      .writeHead(201, { 'x-name': name })
      .end(`${request.method} ${request.url} ${body.join('')}`)
  })

const gone = async () => `http://127.0.0.1:${await freePort()}`

t.test('requests go to the targets in turn, as they are', async (t) => {
  const targets = [await named(t, 'a'), await named(t, 'b')]
  const url = await listen(
    t,
    roundRobin(() => targets),
  )
  const names: (string | null)[] = []
  for (const path of ['/one', '/two?x=1', '/three']) {
    const answer = await fetch(url + path, { method: 'POST', body: 'text' })
    t.equal(answer.status, 201)
    t.equal(await answer.text(), `POST ${path} text`)
    names.push(answer.headers.get('x-name'))
  }
  t.strictSame(names, ['a', 'b', 'a'])
})

t.test('a target that cannot be reached is passed over', async (t) => {
  const targets = [await gone(), await named(t, 'b')]
  const url = await listen(
    t,
    roundRobin(() => targets),
  )
  for (const path of ['/one', '/two']) {
    const answer = await fetch(url + path, { method: 'PUT', body: 'text' })
    t.equal(await answer.text(), `PUT ${path} text`)
  }
})

t.test('without a target that can be reached the answer is 502', async (t) => {
  const targets = [await gone(), await gone()]
  const url = await listen(
    t,
    roundRobin(() => targets),
  )
  t.equal((await fetch(url)).status, 502)
})

t.test('a target that ends without an answer is not asked again', async (t) => {
  let asked = 0
  const target = await serve(t, (request) => {
    asked++
    request.socket.destroy()
  })
  const url = await listen(
    t,
    roundRobin(() => [target, target]),
  )
  t.equal((await fetch(url, { method: 'POST', body: 'text' })).status, 502)
  t.equal(asked, 1)
})

t.test('a stream is passed on while it goes on, and ends with its target', async (t) => {
  const target = await serve(t, (request, answer) => {
    answer.write('first')
    if (request.url === '/broken') setImmediate(() => request.socket.destroy())
  })
  const url = await listen(
    t,
    roundRobin(() => [target]),
  )
  const answer = await fetch(url)
  const { value } = (await answer.body?.getReader().read()) ?? {}
  t.equal(Buffer.from(value ?? []).toString(), 'first')
  await t.rejects(async () => (await fetch(`${url}/broken`)).text())
})
