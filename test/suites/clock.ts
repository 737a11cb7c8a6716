import { runSuite } from '../suites.ts'

runSuite('clock')
