import { runSuite } from '../suites.ts'

runSuite('project')
