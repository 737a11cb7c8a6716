import type { Priced } from './helper.ts'

const offer = (price: number, items_in_stock = 1) => ({ id: `o${price}`, price, items_in_stock })
export const catalogue: Priced[] = [
  { name: 'zoo', offers: [offer(300)] },
  { name: 'Židle', offers: [] },
  { name: 'apple', offers: [offer(100), offer(50, 0)] },
  { name: 'Apple', offers: [offer(200)] },
  { name: 'zebra', offers: [offer(10, 0)] },
  { name: 'ápple', offers: [offer(100)] },
  { name: 'box', offers: [] },
  { name: 'apple', offers: [offer(100)] },
  { name: 'Čaj', offers: [offer(0)] },
  { name: '10', offers: [offer(9_007_199_254)] },
]

/** The places in `catalogue`, in the order of each sort; the same names stand in order of creation. */
export const orders: Record<string, number[]> = {
  created_at: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  '-created_at': [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
  name: [9, 3, 2, 7, 5, 6, 8, 4, 1, 0],
  '-name': [0, 1, 4, 8, 6, 5, 7, 2, 3, 9],
  lowest_price: [8, 2, 5, 7, 3, 0, 9, 1, 4, 6],
  '-lowest_price': [9, 0, 3, 7, 5, 2, 8, 6, 4, 1],
}
export const inStock = [0, 2, 3, 5, 7, 8, 9]
