// What happens on purpose to the frames of a session, either way: lost, twice, out of order, or the socket cut beneath them.

import type { Random } from '../world/random.ts'

/** Changed at any time. Shares are from 0 to 1, of all frames. */
export type Weather = {
  loss: number
  duplication: number
  reordering: number
  /** How many times more the client's socket is cut, and after how many frames each. */
  cuts: number
  cutEvery: number
  /** The session ends without `channel_closed`: its socket closes. */
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

/** How long a frame waits at most for one that overtakes it. Real milliseconds. */
const OVERTAKEN = 5

type Deliver = (bytes: Uint8Array) => void

/** One direction. `cut`: called when the socket is to go. */
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
