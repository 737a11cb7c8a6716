/** That the files in `deploy/` fit the service and the page that explains them. */
import { readFile } from 'node:fs/promises'
import t from 'tap'
import { parse, parseAllDocuments } from 'yaml'
import { Config } from '../../config/config.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { SimulatorEnvironment } from '../../simulator/config.ts'
import { startApp } from '../helper.ts'
import { trackedFiles } from '../tracked-files.ts'

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8')

t.test('docs/deploy.md links every file in deploy/', async (t) => {
  const page = await read('docs/deploy.md')
  const files = (await trackedFiles()).filter((path) => path.startsWith('deploy/'))
  t.ok(files.length > 4)
  for (const path of files) t.ok(page.includes(`](../${path})`), path)
})

t.test('every file that a command of docs/deploy.md names exists', async (t) => {
  const blocks = (await read('docs/deploy.md')).matchAll(/^```sh\n(.*?)^```/gms)
  const tracked = await trackedFiles()
  const named = [...blocks].flatMap(([, text = '']) => text.match(/(?<![\w/])deploy\/\S+/g) ?? [])
  t.ok(named.length > 2)
  for (const path of named) t.ok(tracked.includes(path), path)
})

interface Probe {
  httpGet: { path: string; port: string }
}

interface Manifest {
  kind: string
  spec: {
    replicas?: number
    template?: {
      spec: {
        terminationGracePeriodSeconds: number
        securityContext: { runAsUser: number }
        containers: {
          ports: { name: string; containerPort: number }[]
          env: { name: string }[]
          volumeMounts?: { mountPath: string }[]
          startupProbe: Probe
          livenessProbe: Probe
          readinessProbe: Probe
        }[]
      }
    }
  }
}

for (const [file, kind] of [
  ['one-instance', 'StatefulSet'],
  ['many-instances', 'Deployment'],
]) {
  t.test(`deploy/kubernetes/${file}.yaml fits the image and the service`, async (t) => {
    const documents = parseAllDocuments(await read(`deploy/kubernetes/${file}.yaml`))
    const manifests = documents.map((document): Manifest => document.toJS())
    const workload = manifests.find((manifest) => manifest.kind === kind)
    const pod = workload?.spec.template?.spec
    const [container] = pod?.containers ?? []
    t.ok(pod && container)
    if (!pod || !container) return
    const dockerfile = await read('Dockerfile')
    const [, port] = /^EXPOSE (\d+)$/m.exec(dockerfile) ?? []
    t.strictSame(container.ports, [{ name: 'http', containerPort: Number(port) }])
    t.equal(pod.securityContext.runAsUser, 1000, 'node in the image')
    t.ok(pod.terminationGracePeriodSeconds > 10, 'more than the service takes to stop')
    for (const { mountPath } of container.volumeMounts ?? []) {
      t.match(dockerfile, new RegExp(`^VOLUME ${mountPath}$`, 'm'))
    }
    for (const { name } of container.env) t.ok(name in Config.properties, name)
    const app = await startApp(t)
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'] as const) {
      t.equal(container[probe].httpGet.port, 'http')
      t.ok([...app.routeUrls].includes(container[probe].httpGet.path), probe)
    }
  })
}

t.test('the systemd unit starts the service as npm does, with variables that exist', async (t) => {
  const unit = await read('deploy/systemd/product-aggregator.service')
  const [, command = ''] = /^ExecStart=(.*)$/m.exec(unit) ?? []
  t.equal(command.replace(/^\S+\/node /, 'node '), packageJson.scripts.start)
  for (const [, name = ''] of unit.matchAll(/^Environment=(\w+)=/gm)) {
    t.ok(name in Config.properties, name)
  }
  const [, state = ''] = /^StateDirectory=(.*)$/m.exec(unit) ?? []
  t.match(unit, `DATABASE_URL=file:/var/lib/${state}/`)
})

t.test('the service is scraped under the name that the rules refer to', async (t) => {
  const { scrape_configs } = parse(await read('deploy/prometheus/prometheus.yaml'))
  const rules = await read('deploy/prometheus/rules.yaml')
  const jobs = new Set([...rules.matchAll(/job="([^"]*)"/g)].map(([, job]) => job))
  t.strictSame([...jobs], [scrape_configs[0].job_name])
})

t.test(
  'compose.scale.yaml gives the services all variables that they can use, and the proxy its file',
  async (t) => {
    const { services } = parse(await read('compose.scale.yaml')) as {
      services: Record<string, { environment?: object; volumes?: string[] }>
    }
    const known = { aggregator: Config, simulator: SimulatorEnvironment }
    for (const [service, { properties }] of Object.entries(known)) {
      const names = Object.keys(services[service]?.environment ?? {})
      t.ok(names.length > 2)
      for (const name of names) t.ok(name in properties, name)
    }
    // The image sets the first three. Answers are kept with SQLite alone, and the simulator is a process of its own.
    const isFixed = (name: string) =>
      /^(HOST|PORT|NODE_ENV|ANSWER_CACHE_MB|SIMULATOR_\w+)$/.test(name)
    const passed = services.aggregator?.environment ?? {}
    for (const name of Object.keys(Config.properties)) t.equal(name in passed, !isFixed(name), name)
    const [file = ''] = services.proxy?.volumes?.[0]?.split(':') ?? []
    t.match(await read(file.replace('./', '')), 'option httpchk GET /health/ready')
  },
)
