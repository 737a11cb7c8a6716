import t from 'tap'
import {
  healthCommand,
  type ImageConfig,
  readImageConfig,
  userIds,
} from '../../../scripts/container/image-config.ts'

const CONFIG: ImageConfig = {
  User: 'node',
  Env: ['PATH=/usr/bin', 'PORT=3000'],
  Cmd: ['node', 'start.js'],
  WorkingDir: '/app',
  Labels: {},
  Healthcheck: { Test: ['CMD', 'node', 'cli/health.ts'] },
}

t.test('the configuration is read from what buildah prints', async (t) => {
  t.strictSame(readImageConfig(JSON.stringify({ Docker: { config: CONFIG } })), CONFIG)
})

t.test('the health check of the image is a command', async (t) => {
  t.strictSame(healthCommand(CONFIG), ['node', 'cli/health.ts'])
})

for (const Healthcheck of [undefined, { Test: ['NONE'] }, { Test: ['CMD-SHELL', 'true'] }]) {
  t.test(`no command is ${JSON.stringify(Healthcheck)}`, async (t) => {
    t.throws(() => healthCommand({ ...CONFIG, Healthcheck }), /no HEALTHCHECK of the form CMD/)
  })
}

t.test('the ids of the user are found by its name', async (t) => {
  const passwd = 'root:x:0:0:root:/root:/bin/bash\nnode:x:1000:1001::/home/node:/bin/sh\n'
  t.strictSame(userIds(passwd, 'node'), { uid: 1000, gid: 1001 })
  t.throws(() => userIds(passwd, 'nod'), /no user "nod"/)
})
