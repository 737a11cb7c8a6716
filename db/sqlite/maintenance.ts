import { existsSync } from 'node:fs'
import type { Maintenance } from '../maintenance.ts'
import { backUp } from './backup.ts'
import { assertOurFile, checkDatabase } from './damage/check.ts'
import { repair } from './damage/repair.ts'
import { restore } from './restore.ts'

/** The maintenance of the SQLite file at `path`. */
export function sqliteMaintenance(path: string): Maintenance {
  return {
    name: path,
    exists: () => existsSync(path),
    backUp: (file, options) => backUp(path, file, options),
    restore: (file, options) => restore(file, path, options),
    async check(options) {
      assertOurFile(path)
      return checkDatabase(path, options)
    },
    repair: (now, options) => repair(path, now, options),
  }
}
