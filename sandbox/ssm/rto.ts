// The retransmission timeout of unacknowledged messages in milliseconds, estimated as in the reference plugin.

const MOST = 1_000
const GRANULARITY = 10

export type Rto = { readonly rtt: number; readonly variation: number; readonly timeout: number }

export const firstRto: Rto = { rtt: 100, variation: 0, timeout: 200 }

/** Returns the updated estimate. `sample`: milliseconds since the last transmission. No lower bound, no back-off. */
export const nextRto = ({ rtt, variation }: Rto, sample: number): Rto => {
  const varied = 0.75 * variation + 0.25 * Math.abs(rtt - sample)
  const trip = 0.875 * rtt + 0.125 * sample
  return { rtt: trip, variation: varied, timeout: Math.min(MOST, trip + Math.max(GRANULARITY, 4 * varied)) }
}
