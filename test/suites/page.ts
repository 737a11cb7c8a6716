import { runSuite } from '../suites.ts'

runSuite('page')
