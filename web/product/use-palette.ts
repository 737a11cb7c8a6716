import { useEffect, useState } from 'preact/hooks'
import { PALETTES } from './palette.ts'

const dark = matchMedia('(prefers-color-scheme: dark)')

const present = () => PALETTES[dark.matches ? 'dark' : 'light']

/** The colours that fit the scheme of the browser, also when that changes. */
export function usePalette() {
  const [palette, setPalette] = useState(present)
  useEffect(() => {
    const change = () => setPalette(present)
    dark.addEventListener('change', change)
    return () => dark.removeEventListener('change', change)
  }, [])
  return palette
}
