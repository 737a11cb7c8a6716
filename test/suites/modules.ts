import { runSuite } from '../suites.ts'

runSuite('modules')
