import t from 'tap'
import { developmentPackages } from '../../../scripts/container/packages.ts'

t.test('packages for development alone are found by the lockfile', async (t) => {
  const packages = {
    'node_modules/fastify': {},
    'node_modules/fastify/node_modules/tap': { dev: true },
    'node_modules/typescript': { dev: true },
  }
  const installed = ['node_modules/fastify', 'node_modules/fastify/lib', 'node_modules/typescript']
  t.strictSame(developmentPackages({ packages }, installed), ['node_modules/typescript'])
})
