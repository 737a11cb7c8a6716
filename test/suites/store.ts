import { runSuite } from '../suites.ts'

runSuite('store')
