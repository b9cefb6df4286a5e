// Simulates the network conditions of a session: lost, duplicated and reordered frames, and broken sockets.

import type { Random } from '../world/random.ts'

/** The network conditions, which may change at any time. Shares are fractions (0 to 1) of all frames. */
export type Weather = {
  loss: number
  duplication: number
  reordering: number
  /** The number of times that the client's socket will still be cut. `cutEvery`: the number of frames before each cut. */
  cuts: number
  cutEvery: number
  /** Whether the session ends without the message `channel_closed`. The socket then closes without that message. */
  hidesEnd: boolean
}

export const fair = (): Weather => ({
  loss: 0,
  duplication: 0,
  reordering: 0,
  cuts: 0,
  cutEvery: 20,
  hidesEnd: false,
})

/** If frames are reordered, a frame waits at most this time for a later frame to pass, in real milliseconds. */
const OVERTAKEN = 5

type Deliver = (bytes: Uint8Array) => void

/** Simulates one direction of a session. `cut`: called when the socket must be closed. */
export const createPassage = (weather: Weather, random: Random, deliver: Deliver, cut: () => void) => {
  let overtaken: (() => void) | undefined
  let passed = 0
  const release = (): void => {
    const go = overtaken
    overtaken = undefined
    go?.()
  }
  const hold = (bytes: Uint8Array): void => {
    const late = setTimeout(release, OVERTAKEN)
    overtaken = () => {
      clearTimeout(late)
      deliver(bytes)
    }
  }
  return (bytes: Uint8Array) => {
    passed += 1
    if (weather.cuts > 0 && passed % weather.cutEvery === 0) {
      weather.cuts -= 1
      return cut()
    }
    if (random.next() < weather.loss) return
    if (overtaken === undefined && random.next() < weather.reordering) return hold(bytes)
    deliver(bytes)
    if (random.next() < weather.duplication) deliver(bytes)
    release()
  }
}
