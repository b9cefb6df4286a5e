// Allocates memory for frames from shared blocks: a separate allocation costs as much as a frame's digest.
// Memory is never reused.

/** Node's own pool size for Buffers. One small frame in use retains this many bytes. */
const SHARED = 8_192
/** A larger frame gets its own memory, to waste little of a block. */
const MOST_SHARED = SHARED / 4

export type Slab = {
  /** Returns the offset of zeroed room in `bytes`, valid until the next call. */
  readonly reserve: (length: number) => number
  readonly bytes: () => Uint8Array
}

export const createSlab = (): Slab => {
  let shared = new Uint8Array(SHARED)
  let used = 0
  let bytes = shared
  return {
    reserve: length => {
      if (length > MOST_SHARED) {
        bytes = new Uint8Array(length)
        return 0
      }
      if (length > SHARED - used) {
        shared = new Uint8Array(SHARED)
        used = 0
      }
      const at = used
      used += length
      bytes = shared
      return at
    },
    bytes: () => bytes,
  }
}
