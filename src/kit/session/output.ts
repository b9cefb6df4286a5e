// A queue of output bytes, read as an async iterable.

export type Output = AsyncIterable<Uint8Array> & {
  readonly push: (bytes: Uint8Array) => void
  /** Ends the iterable after the remaining bytes are read. */
  readonly finish: () => void
  /** The number of unread bytes. */
  readonly bytes: () => number
}

export const createOutput = (): Output => {
  let chunks: Uint8Array[] = []
  let bytes = 0
  let isOver = false
  let wake: (() => void) | undefined
  const woken = (): void => {
    wake?.()
    wake = undefined
  }
  const read = async function* (): AsyncGenerator<Uint8Array> {
    while (true) {
      const taken = chunks
      chunks = []
      for (const chunk of taken) {
        bytes -= chunk.length
        yield chunk
      }
      if (chunks.length > 0) continue
      if (isOver) return
      await new Promise<void>(resolve => {
        wake = resolve
      })
    }
  }
  return {
    push: chunk => {
      chunks.push(chunk)
      bytes += chunk.length
      woken()
    },
    finish: () => {
      isOver = true
      woken()
    },
    bytes: () => bytes,
    [Symbol.asyncIterator]: read,
  }
}
