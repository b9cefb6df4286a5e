// The four severities of a check's findings.

/** The severities, from the highest to the lowest. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const

export type Severity = (typeof SEVERITIES)[number]
