/** The style sheets of this view, the package's before the own one. */
const SHEETS = [import.meta.resolve('uplot/style'), new URL('style.css', import.meta.url).href]

function load(href: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sheet = document.createElement('link')
    sheet.rel = 'stylesheet'
    sheet.href = href
    sheet.onload = () => resolve()
    sheet.onerror = () => reject(new Error(`${href} could not be loaded`))
    document.head.append(sheet)
  })
}

/** Loads the style sheets of this view; resolves when they apply. */
export async function loadStyles(): Promise<void> {
  await Promise.all(SHEETS.map(load))
}
