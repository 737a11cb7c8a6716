import { runSuite } from '../suites.ts'

runSuite('damage')
