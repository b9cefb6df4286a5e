// Orders the agent's messages: buffers early ones, drops duplicates.
import type { Frame } from './frame.ts'

/** `drop`: no room; not acknowledged, so that the agent sends it again. */
export type Arrival = 'next' | 'early' | 'duplicate' | 'drop'

/** The reference plugin's buffer size. */
const MOST_EARLY = 10_000

export type Incoming = {
  /** `room`: bytes that may still be buffered. Early messages leave room for the next one. */
  readonly arrive: (frame: Frame, room: number) => Arrival
  /** The next message in order, if it has arrived. */
  readonly take: () => Frame | undefined
  /** Whether a message is missing before a buffered one. */
  readonly hasGap: () => boolean
}

export const createIncoming = (): Incoming => {
  const kept = new Map<number, Frame>()
  let expected = 0
  let bytes = 0
  const arrive = (frame: Frame, room: number): Arrival => {
    const number = frame.sequenceNumber
    if (number < expected || kept.has(number)) return 'duplicate'
    const isNext = number === expected
    if (frame.payload.length > (isNext ? room : room - bytes)) return 'drop'
    if (!isNext && (kept.size >= MOST_EARLY || number > expected + MOST_EARLY)) return 'drop'
    kept.set(number, frame)
    bytes += frame.payload.length
    return isNext ? 'next' : 'early'
  }
  const take = (): Frame | undefined => {
    const frame = kept.get(expected)
    if (frame === undefined) return undefined
    kept.delete(expected)
    bytes -= frame.payload.length
    expected += 1
    return frame
  }
  return { arrive, take, hasGap: () => kept.size > 0 }
}
