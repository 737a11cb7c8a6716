import { runSuite } from '../suites.ts'

runSuite('routes')
