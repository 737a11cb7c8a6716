import { dirname } from 'node:path'
import t from 'tap'
import { command, isOnPath, tryCommand } from '../../../scripts/container/command.ts'

const node = process.execPath

t.test('the output of a command is returned without surrounding white space', async (t) => {
  t.equal(await command(node, '-p', '"done"'), 'done')
})

t.test('a command that fails is named with the end of what it printed', async (t) => {
  const program =
    'for (let line = 0; line < 100; line++) console.error("line", line); process.exit(3)'
  await t.rejects(command(node, '-e', program), { message: /failed:\nline 80\n.*line 99$/s })
})

t.test('a command may be tried whatever its exit code', async (t) => {
  const program = 'console.log("out"); console.error("error"); process.exit(3)'
  t.match(await tryCommand(node, ['-e', program]), { code: 3, stdout: 'out\n', stderr: 'error\n' })
})

t.test('a program that does not exist is an error, not an exit code', async (t) => {
  await t.rejects(tryCommand('/nowhere/at-all', []), { code: 'ENOENT' })
})

t.test('programs are looked up in the folders of the path', async (t) => {
  t.ok(isOnPath('node', `/nowhere:${dirname(node)}`))
  t.notOk(isOnPath('node', '/nowhere'))
})
