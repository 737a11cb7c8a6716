import { runSuite } from '../suites.ts'

runSuite('cli')
