import t from 'tap'
import { findRuntime, type Machine } from '../../../scripts/container/requirements.ts'

const machine = (
  programs: string[],
  platform = 'linux',
  user: number | undefined = 0,
): Machine => ({ platform, user, has: (program) => programs.includes(program) })

const cases: [machine: Machine, found: { runtime: string } | RegExp][] = [
  [machine(['buildah', 'runc', 'crun']), { runtime: 'runc' }],
  [machine(['buildah', 'crun']), { runtime: 'crun' }],
  [machine(['buildah']), /apt-get install runc/],
  [machine(['runc']), /apt-get install buildah/],
  [machine(['buildah', 'runc'], 'linux', 1000), /root/],
  [machine(['buildah', 'runc'], 'darwin', 0), /Linux/],
]

for (const [given, found] of cases) {
  t.test(`what the check of the image runs on: ${found}`, async (t) => {
    t.match(findRuntime(given), found)
  })
}
