/**
 * The product in the examples of the OpenAPI document. A new database with the built-in simulator contains it,
 * so people at `/docs` and programs can try every example at once.
 */
export const EXAMPLE_PRODUCT = {
  id: '019aa9f0-5c00-7000-8000-000000000001',
  name: 'Robotic lawn mower',
  description: 'Mows 500 m² in silence',
  external_id: 'MOWER-500',
  tags: ['garden', 'robots'],
  metadata: { colour: 'green' },
}

/** An offer that the built-in simulator always lists for that product. */
export const EXAMPLE_OFFER_ID = 'b4f1d2a0-7a5e-4c55-9c1e-2f4a3a1f0c11'
