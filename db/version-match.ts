import { VersionMismatch } from './errors.ts'

/** Whether a version is one of those that a caller names; undefined names any. */
export const isNamed = (version: number, versions: number[] | undefined): boolean =>
  !versions || versions.includes(version)

/** The error about something that has changed since; `which` is its kind and id. */
export const changedSince = (which: string) =>
  new VersionMismatch(`${which} has changed since the version that If-Match names`)
