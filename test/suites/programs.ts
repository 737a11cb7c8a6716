import { runSuite } from '../suites.ts'

runSuite('programs')
