// The steps of a simulation, as data: a schedule is a list of these, drawn before the run.
import type { NewFault } from '../../sandbox/aws/wire/faults.ts'
import type { Fault as SlackFault } from '../../sandbox/slack/faults.ts'
import type { RulesName } from './rules.ts'

/** `revert`: ends a temporary change now. */
export type Choice = 'approve' | 'reject' | 'cancel' | 'revert'

/** `op`: the index of an operation in the run, modulo their number. */
export type Vote = { readonly op: number; readonly user: string; readonly choice: Choice; readonly twice?: boolean }

export type Step =
  | {
      readonly kind: 'ask'
      readonly user: string
      readonly channel: string
      readonly line: string
      readonly twice?: boolean
    }
  | ({ readonly kind: 'vote' } & Vote)
  /** A button of its card that offers another plan, by index, modulo their number; `user`: the requester by default. */
  | {
      readonly kind: 'offer'
      readonly op: number
      readonly nth: number
      readonly user?: string
      readonly twice?: boolean
    }
  /** A button of its card that requests a change of a lease, or of what it did not revert. Skipped when absent. */
  | {
      readonly kind: 'press'
      readonly op: number
      readonly action: string
      readonly user: string
      readonly twice?: boolean
    }
  /** The person of a grant opens a shell from their own terminal, if the tag is present. */
  | { readonly kind: 'enter'; readonly op: number }
  /** All at once: the only step whose order the machine decides. */
  | { readonly kind: 'burst'; readonly votes: readonly Vote[] }
  | { readonly kind: 'aws fault'; readonly fault: NewFault }
  | { readonly kind: 'slack fault'; readonly fault: SlackFault }
  | {
      readonly kind: 'kill at slack'
      readonly name: string
      readonly method: string
      readonly when: 'before' | 'after'
      readonly nth: number
    }
  | { readonly kind: 'kill all'; readonly name: string }
  /** Time passes, and everything due happens in order. */
  | { readonly kind: 'pass'; readonly ms: number }
  /** Time jumps, so that functions wake up late. */
  | { readonly kind: 'jump'; readonly ms: number }
  /** To the expiry of an operation's approval, plus `ms`. */
  | { readonly kind: 'to expiry'; readonly op: number; readonly ms: number }
  | { readonly kind: 'colleague'; readonly service: string; readonly count: number }
  /** Somebody registers its scalable target; `isAnew`: after deregistering it, which deletes its policies. */
  | {
      readonly kind: 'bounds'
      readonly service: string
      readonly min: number
      readonly max: number
      readonly isAnew?: boolean
    }
  | { readonly kind: 'suspended'; readonly service: string; readonly isSuspended: boolean }
  | {
      readonly kind: 'service'
      readonly service: string
      readonly does: 'deploys' | 'deploys another' | 'is recreated' | 'fails' | 'is healed'
    }
  | { readonly kind: 'publish'; readonly rules: RulesName }
  | { readonly kind: 'group'; readonly group: string; readonly users: readonly string[] }
  | { readonly kind: 'active'; readonly user: string; readonly isActive: boolean }
  | { readonly kind: 'delete card'; readonly op: number }
  | { readonly kind: 'archive'; readonly channel: string; readonly isArchived: boolean }
  | { readonly kind: 'twice'; readonly isOn: boolean }

/** Each step has its own time: `after` milliseconds after the previous one. */
export type TimedStep = { readonly after: number; readonly step: Step }

export const printStep = (step: Step): string => {
  const { kind, ...rest } = step
  return `${kind} ${JSON.stringify(rest)}`
}
