import { useEffect, useState } from 'preact/hooks'
import { PALETTES } from './palette.ts'

const dark = matchMedia('(prefers-color-scheme: dark)')

const currentPalette = () => PALETTES[dark.matches ? 'dark' : 'light']

/** The palette for the browser's colour scheme, which can change. */
export function usePalette() {
  const [palette, setPalette] = useState(currentPalette)
  useEffect(() => {
    const change = () => setPalette(currentPalette)
    dark.addEventListener('change', change)
    return () => dark.removeEventListener('change', change)
  }, [])
  return palette
}
