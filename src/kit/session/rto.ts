// Estimates the retransmission timeout as the reference plugin does, in milliseconds.

export type Rto = { readonly rtt: number; readonly rttVar: number; readonly rto: number }

export const INITIAL_RTO: Rto = { rtt: 100, rttVar: 0, rto: 200 }

const LEAST_VARIATION = 10
const MOST = 1_000

/** Updates the estimate. `sample`: milliseconds from the last send of a message to its acknowledgement. */
export const nextRto = ({ rtt, rttVar }: Rto, sample: number): Rto => {
  const variation = 0.75 * rttVar + 0.25 * Math.abs(rtt - sample)
  const mean = 0.875 * rtt + 0.125 * sample
  return { rtt: mean, rttVar: variation, rto: Math.min(MOST, mean + Math.max(LEAST_VARIATION, 4 * variation)) }
}

const FIRST_DELAY = 100
const RESET_BEYOND = 5_000

/**
 * Milliseconds to wait before a reconnect. The delay doubles with each attempt; instead of a delay above 5 s, the
 * initial delay is used.
 */
export const reconnectDelay = (attempt: number, random: number): number => {
  const initial = FIRST_DELAY + Math.floor(random * 100)
  const delay = initial * 2 ** attempt
  return delay > RESET_BEYOND ? initial : delay
}
