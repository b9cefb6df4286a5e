// The four severities of a check's findings.

/** The severities, in descending order. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const

export type Severity = (typeof SEVERITIES)[number]
