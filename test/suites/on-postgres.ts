import { runSuite } from '../suites.ts'

process.env.TEST_ENGINE = 'postgres'
runSuite('on-postgres')
