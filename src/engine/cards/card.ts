// The card of an operation as data: the plan, the requester, and the stage.

import type { Actor } from '../../model/ecs.ts'
import type { Offer } from '../../model/errors.ts'
import type { Approval, Decision, Vote } from '../change/approval.ts'
import type { Outcome, TaskResult } from '../change/outcome.ts'
import type { Plan } from '../change/plan.ts'
import type { Lease } from '../leases/book.ts'

/**
 * The stage of an operation. `leased`: a temporary change runs. `granted`: shell access is open. `watching`: a deployment is done
 * and watched. `left`: a temporary change ended without a revert.
 */
export type Stage =
  | {
      readonly kind: 'preview'
      /** The line that requests what was previewed, if it can be written. */
      readonly request?: string
    }
  | { readonly kind: 'starting' }
  | { readonly kind: 'waiting'; readonly approval: Approval }
  | {
      readonly kind: 'running'
      readonly text: string
      readonly share?: number
      readonly since: string
      readonly results?: readonly TaskResult[]
    }
  | { readonly kind: 'leased'; readonly lease: Lease; readonly outcome: Outcome }
  | { readonly kind: 'granted'; readonly until: string; readonly outcome: Outcome }
  | { readonly kind: 'watching'; readonly until: string; readonly outcome: Outcome }
  | { readonly kind: 'left'; readonly lease: Lease; readonly text: string; readonly offers: readonly Offer[] }
  | { readonly kind: 'ended'; readonly outcome: Outcome; readonly at: string }

/** The part of a card that does not change during the operation. */
export type Face = {
  readonly operation: string
  readonly plan: Plan
  readonly requester: Actor
  readonly corporateId: string
  readonly reason?: string
  /** The channel in which the change was requested. */
  readonly askedIn: string
  /** The approval rule in words, or the reason why no approval is needed. */
  readonly rule: string
  readonly configVersion: string
  readonly isBreakGlass?: true
  /** A deployment asks at its gate: `requester` is who deployed, and requested nothing. */
  readonly isOfDeployment?: true
}

/** The action id of the buttons that open the dialog of a card: Open, Details and Review. */
export const OPEN_CARD = 'card:open'
/** The beginning of the block id that names the service of a card. The message shortcut reads it. */
export const OF_SERVICE = 'of:'
/** The action id of the menu of an open request. Its values: `details`, `ask` or `cancel`, and the operation. */
export const MENU = 'card:menu'

/** `votes`: those that settled the request. */
export type Card = Face & {
  readonly decision?: Decision
  readonly votes?: readonly Vote[]
  readonly drift?: readonly string[]
  readonly stage: Stage
}
