import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium, type LaunchOptions } from 'playwright-core'

/**
 * What Chromium and its like are called where a package has installed them. The headless shell comes first: it has no
 * window around the page, and takes half of the processor's time.
 */
const NAMES = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
]

/** Of several such switches the last one counts, so these are Playwright's and our own. */
const SWITCHED_OFF = [
  // They draw an address bar that nobody sees, for more of the processor's time than a page takes.
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxFullPopup',
  'AimEnabled',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'ThirdPartyStoragePartitioning',
]

/** What to do where there is no browser. */
export const NO_CHROMIUM =
  'no Chromium found: install it (apt-get install chromium-headless-shell, or npx playwright-core ' +
  'install chromium), or set CHROMIUM to the path of its program'

/** The path of the browser; undefined where none is installed. Throws where `CHROMIUM` names none. */
export function findChromium(): string | undefined {
  const { CHROMIUM, PATH = '' } = process.env
  if (CHROMIUM) {
    if (!existsSync(CHROMIUM)) throw new Error(`CHROMIUM: there is no ${CHROMIUM}`)
    return CHROMIUM
  }
  const folders = PATH.split(delimiter)
  const paths = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)))
  return [...paths, chromium.executablePath()].find((path) => existsSync(path))
}

/** How the browser is started. Throws where there is none. */
export function chromiumOptions(): LaunchOptions {
  const executablePath = findChromium()
  if (!executablePath) throw new Error(NO_CHROMIUM)
  return {
    executablePath,
    args: [
      '--no-sandbox', // It cannot be had in most containers, and no page here is a stranger's.
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      `--disable-features=${SWITCHED_OFF.join()}`,
    ],
  }
}
