// Puts the agent's messages in order: buffers early ones and drops duplicates.
import type { Frame } from './frame.ts'

/**
 * The classification of a received message. `drop`: the buffer is full; the message is not acknowledged, so the agent
 * sends it again.
 */
export type Arrival = 'next' | 'early' | 'duplicate' | 'drop'

/** The maximum number of buffered messages, as in the reference plugin. */
const MOST_EARLY = 10_000

export type Incoming = {
  /**
   * Accepts a message. `room`: the number of bytes that may still be buffered. Early messages must leave room for the
   * next one in order.
   */
  readonly arrive: (frame: Frame, room: number) => Arrival
  /** Removes and returns the next message in order, if it has arrived. */
  readonly take: () => Frame | undefined
  /** Whether a later message is buffered while the next one in order is missing. */
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
