import { runSuite } from '../suites.ts'

runSuite('offers')
