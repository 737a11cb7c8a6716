import { runSuite } from '../suites.ts'

runSuite('live-page')
