/** Reads a file in chunks, until `stop` is aborted. */
export async function* chunksOf(file: File, stop?: AbortSignal): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader()
  try {
    for (;;) {
      stop?.throwIfAborted()
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    void reader.cancel()
  }
}
