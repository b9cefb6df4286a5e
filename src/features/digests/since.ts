// Pure: from when on deployments and emergencies are told.

const DAY_MS = 86_400_000

/** Two weeks, or since the last digest and a day more, at most 62 days. What was told is not told again. */
export const sinceOf = (before: string | undefined, now: string): string => {
  const at = Date.parse(now)
  const last = before === undefined ? at : Date.parse(before) - DAY_MS
  return new Date(Math.max(at - 62 * DAY_MS, Math.min(at - 14 * DAY_MS, last))).toISOString()
}
