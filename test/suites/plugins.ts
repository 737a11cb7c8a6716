import { runSuite } from '../suites.ts'

runSuite('plugins')
