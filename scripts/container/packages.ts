interface Lockfile {
  packages: Record<string, { dev?: boolean }>
}

/**
 * The packages of `node_modules` that the lockfile has for development alone. `paths` are those of their folders from
 * the root of the program, as in the lockfile.
 */
export function developmentPackages(lockfile: Lockfile, paths: string[]): string[] {
  return paths.filter((path) => lockfile.packages[path]?.dev)
}
