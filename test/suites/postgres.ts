import { runSuite } from '../suites.ts'

runSuite('postgres')
