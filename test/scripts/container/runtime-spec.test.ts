import t from 'tap'
import { runtimeSpec } from '../../../scripts/container/runtime-spec.ts'

const IMAGE = {
  User: 'node',
  Env: ['PATH=/usr/bin', 'PORT=3000'],
  Cmd: ['node', 'start.js'],
  WorkingDir: '/app',
  Labels: {},
}
const OPTIONS = {
  rootfs: '/image',
  user: { uid: 1000, gid: 1000 },
  volume: '/volume',
  variables: { PORT: '4000' },
}

t.test('a container runs what its image says, as the user of the image', async (t) => {
  const { process } = runtimeSpec(IMAGE, OPTIONS)
  t.match(process, { args: IMAGE.Cmd, cwd: '/app', user: OPTIONS.user })
})

t.test('given variables come after those of the image, and replace them', async (t) => {
  t.strictSame(runtimeSpec(IMAGE, OPTIONS).process.env, ['PATH=/usr/bin', 'PORT=3000', 'PORT=4000'])
})

t.test('a given command replaces that of the image', async (t) => {
  const command = ['node', 'simulator/server.ts']
  t.strictSame(runtimeSpec(IMAGE, { ...OPTIONS, command }).process.args, command)
})

t.test(
  'of the files of this machine and the image only the volume can be written to',
  async (t) => {
    const { root, mounts } = runtimeSpec(IMAGE, OPTIONS)
    t.strictSame(root, { path: '/image', readonly: true })
    const folders = mounts.filter(({ type }) => type === 'bind')
    t.strictSame(folders, [
      { destination: '/data', type: 'bind', source: '/volume', options: ['rbind', 'rw'] },
    ])
  },
)

t.test('a container has no capabilities and can gain none', async (t) => {
  t.match(runtimeSpec(IMAGE, OPTIONS).process, { capabilities: {}, noNewPrivileges: true })
})
