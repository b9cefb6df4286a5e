// A plan, and what the rules decided about it.

import type { Plan } from '../../engine/change/plan.ts'
import type { Verdict } from '../../engine/rules/judge.ts'

export type Proposal = {
  readonly kind: 'proposal'
  readonly plan: Plan
  readonly verdict: Verdict
  readonly reason?: string
  readonly isDryRun: boolean
  readonly isBreakGlass: boolean
  readonly configVersion: string
}
