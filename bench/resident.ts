import { readFile } from 'node:fs/promises'
import type { Running } from '../test/process.ts'

/** The resident memory of a process, in MB (Linux). */
export async function residentMb({ child }: Running): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
}
