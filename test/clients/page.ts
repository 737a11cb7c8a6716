import { readFile } from 'node:fs/promises'

/** Where the page's lines look for the service. */
export const PAGE_URL = 'http://127.0.0.1:3000'

/** A block of code of the page. */
export interface Block {
  language: string
  text: string
}

/** The sections of `docs/clients.md`; each begins with its heading. */
async function sections(): Promise<string[]> {
  const page = await readFile(new URL('../../docs/clients.md', import.meta.url), 'utf8')
  return page.split(/^## /m)
}

/** The headings of the page. */
export async function headings(): Promise<string[]> {
  return (await sections()).map((section) => section.split('\n', 1).join())
}

/** The blocks of code below one heading, in their order. */
export async function blocksBelow(heading: string): Promise<Block[]> {
  const section = (await sections()).find((section) => section.startsWith(`${heading}\n`)) ?? ''
  return [...section.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({
    language,
    text,
  }))
}

/** The files that the TypeScript of these blocks makes up: each block begins with the file's name. */
export function filesOf(blocks: Block[]): { name: string; text: string }[] {
  return blocks
    .filter(({ language }) => language === 'ts')
    .map(({ text }) => ({ name: /^\/\/ (\S+\.ts)\n/.exec(text)?.[1] ?? '', text }))
}

/** The generators that these blocks run with `npx`, each with its arguments. */
export function commandsOf(blocks: Block[]): string[][] {
  return blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.split('\n'))
    .filter((line) => line.startsWith('npx '))
    .map((line) => line.split(' ').slice(1))
}
