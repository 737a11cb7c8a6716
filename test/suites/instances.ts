import { runSuite } from '../suites.ts'

runSuite('instances')
