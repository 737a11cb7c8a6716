import t from 'tap'
import { drive } from './drive.ts'

t.test('a client by @hey-api/openapi-ts', (t) =>
  drive(t, 'hey-api', 'TypeScript: @hey-api/openapi-ts'),
)
