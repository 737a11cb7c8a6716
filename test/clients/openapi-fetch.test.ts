import t from 'tap'
import { drive } from './drive.ts'

t.test('a client by openapi-typescript and openapi-fetch', (t) =>
  drive(t, 'openapi-fetch', 'TypeScript: openapi-typescript and openapi-fetch'),
)
