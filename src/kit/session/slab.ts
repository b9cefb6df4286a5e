// Where frames are written: memory that many of them share, since some of its own costs each as much as its digest does.
// It is given out once, and never again to others.

/** As Node has it for its own Buffers: whoever keeps one small frame keeps so many bytes. */
const SHARED = 8_192
/** What is larger has memory of its own, so that little is left over. */
const MOST_SHARED = SHARED / 4

export type Slab = {
  /** Gives where in `bytes` there is room, until the next call. It is zeros. */
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
