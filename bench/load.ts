import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Side, side } from './figures.ts'
import { output } from './programs.ts'

const run = promisify(execFile)

/** The number of requests in flight. */
const IN_FLIGHT = 50

const SECONDS = 3

/** The warm-up in seconds. It is long because V8 takes longer to optimise the service than a bare framework. */
const WARM_UP_SECONDS = 5

/** The requests to send to a server: one for each path in turn, all with the same body, if any. */
export interface Requests {
  origin: string
  paths: string[]
  body?: object
  /** For each path, the entity tag for a conditional request. */
  tags?: string[]
}

/** The result of a closed loop. */
interface Rate {
  perSecond: number
  p50Ms: number
}

/** Sends requests for this many seconds, each as soon as the previous one is answered. Throws on a bad answer. */
export type Load = (requests: Requests, seconds: number) => Promise<Rate>

/** The name and version of a load generator, and its load. */
export interface Tool {
  name: string
  load: Load
}

function wrkScript({ paths, body, tags = [] }: Requests): string {
  const method = body ? 'POST' : 'GET'
  return `
local paths = { ${paths.map((path) => JSON.stringify(path)).join(', ')} }
local body = ${body ? `[==[${JSON.stringify(body)}]==]` : 'nil'}
local tags = { ${tags.map((tag) => JSON.stringify(tag)).join(', ')} }
local requests, n = {}, 0
function init()
  for index, path in ipairs(paths) do
    local headers = { ["Content-Type"] = body and "application/json", ["If-None-Match"] = tags[index] }
    requests[index] = wrk.format("${method}", path, headers, body)
  end
end
function request()
  n = n % #requests + 1
  return requests[n]
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('\\n{"requests":%d,"us":%d,"p50_us":%f,"errors":[%d,%d,%d,%d,%d]}\\n',
    summary.requests, summary.duration, latency:percentile(50),
    e.status, e.timeout, e.connect, e.read, e.write))
end
`
}

interface WrkResult {
  requests: number
  us: number
  p50_us: number
  /** The numbers of errors by kind: status, timeout, connect, read and write. */
  errors: number[]
}

function wrk(folder: string): Load {
  return async (requests, seconds) => {
    const script = join(folder, 'wrk.lua')
    await writeFile(script, wrkScript(requests))
    const size = ['-t1', `-c${IN_FLIGHT}`, `-d${seconds}s`, '--timeout', '10s']
    const { stdout } = await run('wrk', [...size, '-s', script, requests.origin])
    const result: WrkResult = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
    if (result.errors.some((count) => count > 0)) {
      throw new Error(`${requests.origin}${requests.paths[0]}: errors ${result.errors}`)
    }
    return { perSecond: (result.requests * 1e6) / result.us, p50Ms: result.p50_us / 1000 }
  }
}

/** An HTTP archive, the only way to give autocannon several requests. */
function harOf({ origin, paths, body, tags = [] }: Requests) {
  const json = { name: 'content-type', value: 'application/json' }
  const entries = paths.map((path, index) => ({
    request: {
      method: body ? 'POST' : 'GET',
      url: origin + path,
      headers: [
        ...(body ? [json] : []),
        ...(tags[index] ? [{ name: 'if-none-match', value: tags[index] }] : []),
      ],
      ...(body && { postData: { mimeType: json.value, text: JSON.stringify(body) } }),
    },
  }))
  return { log: { version: '1.2', creator: { name: 'bench', version: '1' }, entries } }
}

interface AutocannonResult {
  requests: { total: number }
  duration: number
  errors: number
  '4xx': number
  '5xx': number
  latency: { p50: number }
}

function autocannon(folder: string): Load {
  return async (requests, seconds) => {
    const har = join(folder, 'requests.har')
    await writeFile(har, JSON.stringify(harOf(requests)))
    const options = ['-j', '-c', String(IN_FLIGHT), '-d', String(seconds), '--har', har]
    const program = 'peers/node_modules/autocannon/autocannon.js'
    const stdout = await output(program, [...options, requests.origin])
    const result: AutocannonResult = JSON.parse(stdout)
    const bad = result.errors + result['4xx'] + result['5xx']
    if (bad > 0) throw new Error(`${requests.origin}: ${bad} bad answers`)
    return { perSecond: result.requests.total / result.duration, p50Ms: result.latency.p50 }
  }
}

/** Chooses wrk if it is installed; else autocannon, which uses more processor time itself. */
export async function loadTool(folder: string): Promise<Tool> {
  try {
    await run('wrk', ['-v'])
  } catch (error) {
    // wrk exits with 1 when it prints its version.
    if (!(error instanceof Error && 'stdout' in error)) throw error
    const [version] = /wrk \S+/.exec(String(error.stdout)) ?? []
    if (version) return { name: version, load: wrk(folder) }
  }
  return { name: 'autocannon', load: autocannon(folder) }
}

/** A side of a comparison that measures requests per second, after a warm-up. */
export async function requestRate(load: Load, requests: Requests): Promise<Side> {
  await load(requests, WARM_UP_SECONDS)
  return side(async () => (await load(requests, SECONDS)).perSecond)
}

/** A side of a comparison that measures the median time of an answer in ms, after a warm-up. */
export async function answerTime(load: Load, requests: Requests): Promise<Side> {
  await load(requests, WARM_UP_SECONDS)
  return side(async () => (await load(requests, SECONDS)).p50Ms)
}
