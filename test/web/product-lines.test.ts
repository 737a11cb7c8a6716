import t from 'tap'
import {
  drawn,
  isDrawn,
  linesIn,
  NO_LINES,
  queryOfLines,
  toggled,
  withFirst,
} from '../../web/product/lines.ts'
import { offerNames } from '../../web/product/offer-names.ts'
import { lowestStyle, offerStyle, PALETTES } from '../../web/product/palette.ts'

const ids = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `offer ${from + index}`)

t.test('twelve offers at most are drawn without being asked for', async (t) => {
  const lines = withFirst(NO_LINES, ids(20))
  t.strictSame(drawn(lines), ids(12))
  t.equal(withFirst(lines, ids(30)), lines, 'the others stay as they are')
})

t.test('an offer keeps its look when others come before it', async (t) => {
  const lines = withFirst(withFirst(NO_LINES, ids(2)), [...ids(2, 5), ...ids(2)])
  t.strictSame(Object.fromEntries(lines.slots), {
    'offer 0': 0,
    'offer 1': 1,
    'offer 5': 2,
    'offer 6': 3,
  })
})

t.test('an offer that is not on sale any more keeps its line while there is room', async (t) => {
  const lines = withFirst(withFirst(NO_LINES, ids(10)), ids(11, 1))
  t.strictSame(drawn(lines), ids(12))
})

t.test('a new offer takes the line of the first one that is not on sale any more', async (t) => {
  const full = withFirst(NO_LINES, ids(12))
  const lines = withFirst(full, [...ids(4), ...ids(6, 6), ...ids(1, 20)])
  t.strictSame(drawn(lines).sort(), [...ids(4), 'offer 5', ...ids(6, 6), 'offer 20'].sort())
  t.equal(lines.slots.get('offer 20'), 4)
  t.equal(lines.slots.get('offer 11'), 11)
})

t.test(
  'an address has the lines that differ from those by default, and gives them back',
  async (t) => {
    const onSale = ids(14)
    const byDefault = withFirst(NO_LINES, onSale)
    t.strictSame(queryOfLines(byDefault, onSale), { show: [], hide: [] })
    const lines = toggled(toggled(byDefault, 'offer 2'), 'offer 13')
    const query = queryOfLines(lines, onSale)
    t.strictSame(query, { show: ['offer 13'], hide: ['offer 2'] })
    const address = new URLSearchParams([
      ['show', 'offer 13'],
      ['hide', 'offer 2'],
    ])
    const again = withFirst(linesIn(address, NO_LINES.slots), onSale)
    t.ok(isDrawn(again, 'offer 13'))
    t.notOk(isDrawn(again, 'offer 2'))
    t.equal(linesIn(address, lines.slots).slots.get('offer 13'), lines.slots.get('offer 13'))
  },
)

t.test('a line is hidden and shown again', async (t) => {
  const lines = withFirst(NO_LINES, ids(3))
  const hidden = toggled(lines, 'offer 1')
  t.notOk(isDrawn(hidden, 'offer 1'))
  t.strictSame(drawn(hidden), ['offer 0', 'offer 2'])
  t.equal(withFirst(hidden, ids(3)), hidden, 'it stays hidden')
  t.strictSame(drawn(toggled(hidden, 'offer 1')), ids(3))
})

t.test('an offer beyond the first ones is drawn on request', async (t) => {
  const lines = toggled(withFirst(NO_LINES, ids(20)), 'offer 15')
  t.strictSame(drawn(lines), [...ids(12), 'offer 15'])
  t.equal(lines.slots.get('offer 15'), 12)
})

t.test('offers are named by the beginning of their ids', async (t) => {
  const names = offerNames(['b4f1d2a0-7a5e', 'c4f1d2a0-7a5e', 'short', 'b4f1d2a0-7a5e'])
  t.strictSame([...names.values()], ['b4f1d2a0', 'c4f1d2a0', 'short'])
})

t.test('ids that begin alike are named by their ends', async (t) => {
  const names = offerNames(['019aa9f0-0001', '019aa9f0-0002', 'short'])
  t.strictSame([...names.values()], ['…9f0-0001', '…9f0-0002', 'short'])
})

/** The relative luminance of a colour (WCAG 2.2). */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = Array.from(colour.matchAll(/[0-9a-f]{2}/g), ([hex]) => {
    const value = Number.parseInt(hex, 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(a: string, b: string): number {
  const [lighter = 0, darker = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (lighter + 0.05) / (darker + 0.05)
}

for (const [scheme, palette] of Object.entries(PALETTES)) {
  t.test(`the lines of the ${scheme} scheme are visible and distinct`, async (t) => {
    const styles = Array.from({ length: 28 }, (_, slot) => offerStyle(palette, slot))
    for (const { colour } of [lowestStyle(palette), ...styles]) {
      t.ok(contrast(colour, palette.back) >= 3, `${colour} on ${palette.back}`)
    }
    t.ok(contrast(palette.text, palette.back) >= 4.5, 'the text of the axes')
    t.equal(new Set(styles.map(({ colour, dash }) => `${colour} ${dash}`)).size, 28)
    t.ok(styles.every(({ width }) => width < lowestStyle(palette).width))
  })
}
