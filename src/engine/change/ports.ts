// The ports that change AWS: a writer for calls, and the way into a container. Only the interpreter holds them.

import type { SessionPorts } from '../../kit/session/ports.ts'
import type { SessionRequest } from '../../kit/session/session.ts'
import type { JsonObject } from '../../model/json.ts'
import type { Identity } from '../rules/asker.ts'
import type { Call, ExecCall, LeaseCall, Plan, PlannedExec } from './plan.ts'

export type Answer = { readonly requestId: string; readonly output: JsonObject }

export type Writer = (call: Exclude<Call, LeaseCall | PlannedExec>) => Promise<Answer>

/** What a writer may be used for: this plan, as this person, with these people's consent. */
export type Mandate = {
  readonly plan: Plan
  readonly who: Identity
  readonly approvers: readonly string[]
  readonly operation: string
  /** `revert`: puts back what a lease held, whatever the actor's access is by then. */
  readonly role: 'operator' | 'deployer' | 'revert' | 'exec'
}

/** The way into one container, for one operation. */
export type ExecGate = {
  /** Sent once. `command`: what the agent splits into words. */
  readonly start: (call: ExecCall, command: string) => Promise<SessionRequest>
  readonly channel: (call: ExecCall, session: string) => Promise<SessionPorts>
  /** Ids of the sessions that are open in the container, whoever opened them. */
  readonly find: (call: ExecCall) => Promise<readonly string[]>
  readonly terminate: (call: ExecCall, session: string) => Promise<void>
}
