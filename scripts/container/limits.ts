/** How much the Dockerfile may add to its base image, as docs/operations.md promises. */
export const MAX_PROGRAM_MB = 80

/** How long the service may take to stop, as docs/operations.md promises. */
export const STOP_MS = 10_000
