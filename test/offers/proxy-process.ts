/**
 * A forward proxy, as a process of its own: requests for http as they are, CONNECT for the rest. It
 * writes where it listens, and then a line for each request that it got. With credentials
 * in its environment it wants them.
 */
import { createServer, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'

const { CREDENTIALS } = process.env
const wanted = CREDENTIALS && `Basic ${Buffer.from(CREDENTIALS).toString('base64')}`

const proxy = createServer((incoming, response) => {
  console.log(`${incoming.method} ${incoming.url}`)
  if (incoming.headers['proxy-authorization'] !== wanted) {
    response.writeHead(407).end('Who are you?')
    return
  }
  const { 'proxy-authorization': _, ...headers } = incoming.headers
  const outgoing = request(incoming.url ?? '', { method: incoming.method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  outgoing.on('error', () => response.writeHead(502).end())
  incoming.pipe(outgoing)
})

proxy.on('connect', (incoming, socket) => {
  console.log(`CONNECT ${incoming.url}`)
  socket.on('error', () => {})
  if (incoming.headers['proxy-authorization'] !== wanted) {
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n')
    return
  }
  const { hostname, port } = new URL(`http://${incoming.url}`)
  const target = connect(Number(port || 80), hostname, () => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    target.pipe(socket).pipe(target)
  })
  target.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n'))
})

proxy.listen(0, '127.0.0.1', () => {
  const { port } = proxy.address() as AddressInfo
  console.log(`listening at http://127.0.0.1:${port}`)
})
