/** Thrown while a test file is imported, if this machine lacks what its tests need. A suite then skips the file. */
export class Unavailable extends Error {
  override name = 'Unavailable'
}
