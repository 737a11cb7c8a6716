/** An answer as it is sent. The store only knows how large it is. */
export interface ReadyAnswer {
  body: string
  /** Its entity tag. */
  tag: string
  /** Its `Link` header, if it has one. */
  link?: string
}

/** How ready answers were used since the start. */
export interface ReadyCounts {
  /** Reads that were answered from memory. */
  hits: number
  /** Reads that were not. */
  misses: number
  /** The memory that they take, in bytes. */
  bytes: number
}
