// What can happen in a simulation, as data: a schedule is a list of these, drawn before anything runs.
import type { NewFault } from '../../sandbox/aws/wire/faults.ts'
import type { Fault as SlackFault } from '../../sandbox/slack/faults.ts'
import type { RulesName } from './rules.ts'

/** `revert`: what has an end ends now. */
export type Choice = 'approve' | 'reject' | 'cancel' | 'revert'

/** `op`: the how manieth operation of the run, counted round. */
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
  /** A button of its card that proposes another plan, counted round; `user`: whoever asked, unless given. */
  | {
      readonly kind: 'offer'
      readonly op: number
      readonly nth: number
      readonly user?: string
      readonly twice?: boolean
    }
  /** A button of its card that asks for a change: of a lease, or of what a lease has left. Nothing where it is not there. */
  | {
      readonly kind: 'press'
      readonly op: number
      readonly action: string
      readonly user: string
      readonly twice?: boolean
    }
  /** Whom an operation lets in, goes in by their own terminal, if the tag is there. */
  | { readonly kind: 'enter'; readonly op: number }
  /** All at once: the one step whose order is left to the machine. */
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
  /** Time goes by, everything that is due on the way happens. */
  | { readonly kind: 'pass'; readonly ms: number }
  /** Time goes by at once: functions wake up late. */
  | { readonly kind: 'jump'; readonly ms: number }
  /** To the moment at which an operation's vote expires, and `ms` beyond. */
  | { readonly kind: 'to expiry'; readonly op: number; readonly ms: number }
  | { readonly kind: 'colleague'; readonly service: string; readonly count: number }
  /** Somebody registers its scalable target; `isAnew`: having deregistered it, which takes its policies along. */
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
      readonly does: 'deploys' | 'deploys another' | 'is made anew' | 'fails' | 'is healed'
    }
  | { readonly kind: 'publish'; readonly rules: RulesName }
  | { readonly kind: 'group'; readonly group: string; readonly users: readonly string[] }
  | { readonly kind: 'active'; readonly user: string; readonly isActive: boolean }
  | { readonly kind: 'delete card'; readonly op: number }
  | { readonly kind: 'archive'; readonly channel: string; readonly isArchived: boolean }
  | { readonly kind: 'twice'; readonly isOn: boolean }

/** Each step happens at a moment of its own: `after` milliseconds after the one before. */
export type Timed = { readonly after: number; readonly step: Step }

export const printStep = (step: Step): string => {
  const { kind, ...rest } = step
  return `${kind} ${JSON.stringify(rest)}`
}
