/** The style of a line. The dashes distinguish lines without colour. */
export interface LineStyle {
  colour: string
  /** The lengths of dashes and gaps in turn, in CSS pixels; empty for a solid line. */
  dash: number[]
  width: number
}

/** The colours of the chart. Every line has a contrast of at least 3:1 with the background. */
export interface Palette {
  back: string
  text: string
  grid: string
  lowest: string
  band: string
  unseen: string
  mark: string
  offers: string[]
}

export const PALETTES: Record<'light' | 'dark', Palette> = {
  light: {
    back: '#fbfbf9',
    text: '#5a646b',
    grid: '#e4e7e8',
    lowest: '#0b6e4f',
    band: '#0b6e4f22',
    unseen: '#868f9566',
    mark: '#b3261e',
    offers: ['#1f6fd0', '#b85c00', '#8a3fc2', '#c4314b', '#0f7c8c', '#8a6116', '#56657a'],
  },
  dark: {
    back: '#14171a',
    text: '#a2acb3',
    grid: '#2a2f34',
    lowest: '#59c9a0',
    band: '#59c9a02e',
    unseen: '#a2acb34d',
    mark: '#ff9f96',
    offers: ['#6cb0ff', '#f0a04b', '#c79bff', '#ff8095', '#4fc4d6', '#d8bd7c', '#a9b8cc'],
  },
}

/** The number of patterns is coprime with the number of colours, so that combinations repeat late. */
const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3]]

/** The style of the lowest price: the strongest line. */
export function lowestStyle({ lowest }: Palette): LineStyle {
  return { colour: lowest, dash: [], width: 3 }
}

/** The style with this number, for an offer. */
export function offerStyle({ offers }: Palette, slot: number): LineStyle {
  const [colour, dash] = [slot % offers.length, slot % DASHES.length]
  return {
    colour: offers.slice(colour, colour + 1).join(),
    dash: DASHES.slice(dash, dash + 1).flat(),
    width: 1.5,
  }
}
