import { send } from './api.ts'
import { tellFailure } from './messages.ts'

/** How long a browser may take to begin to save a file. */
const SAVING_MS = 60_000

/** Saves a file in the browser's folder for downloads. */
export function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file)
  const anchor = document.createElement('a')
  anchor.href = url
  anchor.download = name
  anchor.click()
  setTimeout(() => URL.revokeObjectURL(url), SAVING_MS)
}

/** Saves what `make` makes, or reports why that failed. */
export async function saveMade(make: () => Promise<Blob>, name: string): Promise<void> {
  try {
    save(await make(), name)
  } catch (error) {
    tellFailure('Not exported', error)
  }
}

/** Saves the answer of a GET. A link would not send the token. */
export function saveAnswer(path: string, name: string): Promise<void> {
  return saveMade(async () => (await send(path)).blob(), name)
}

/** The name of a file about something, without the characters that some systems refuse. */
export function fileName(about: string, extension: string): string {
  const name = about.replace(/[\s\p{C}\\/:*?"<>|]+/gu, ' ').trim()
  return `${[...name].slice(0, 80).join('')}.${extension}`
}
