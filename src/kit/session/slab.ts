// Allocates the memory of frames from shared blocks, because a separate allocation costs as much as a frame's digest.
// Memory is never reused.

/**
 * The size of a shared block, equal to Node's pool size for Buffers. One small frame in use keeps a whole block in
 * memory.
 */
const SHARED = 8_192
/**
 * The largest frame that is put into a shared block. A larger frame gets its own memory, so that little of a block is
 * wasted.
 */
const MOST_SHARED = SHARED / 4

export type Slab = {
  /** Reserves zeroed memory and returns its offset in `bytes`, which is valid until the next call. */
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
