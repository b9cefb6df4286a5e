// A plan, and what the rules decided about it.

import type { Plan } from '../../engine/change/plan.ts'
import type { Verdict } from '../../engine/rules/judge.ts'
import type { Actor } from '../../model/ecs.ts'

export type Proposal = {
  readonly kind: 'proposal'
  readonly plan: Plan
  readonly verdict: Verdict
  /** Who asks, where it is not the person who sent the line. */
  readonly requester?: Actor
  readonly reason?: string
  readonly isDryRun: boolean
  readonly isBreakGlass: boolean
  readonly configVersion: string
}
