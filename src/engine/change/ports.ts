// The ports that change AWS: a writer for calls, and sessions in containers. Only the interpreter uses these ports.

import type { SessionPorts } from '../../kit/session/ports.ts'
import type { SessionRequest } from '../../kit/session/session.ts'
import type { JsonObject } from '../../model/json.ts'
import type { Identity } from '../rules/asker.ts'
import type { Call, ExecCall, LeaseCall, Plan, PlannedExec } from './plan.ts'

/** `registered`: the ARN of the task definition that the call registered. `output`: what RunTask answered. */
export type Answer = { readonly requestId: string; readonly registered?: string; readonly output?: JsonObject }

export type Writer = (call: Exclude<Call, LeaseCall | PlannedExec>) => Promise<Answer>

/**
 * What a writer is created for: this plan, on behalf of this person, approved by these people. `approvers`: Slack user
 * ids.
 */
export type Mandate = {
  readonly plan: Plan
  readonly who: Identity
  readonly approvers: readonly string[]
  readonly operation: string
  /** The role to write with. `revert`: ends a temporary change, even if the requester has lost access by then. */
  readonly role: 'operator' | 'deployer' | 'revert' | 'exec' | 'gate'
}

/** Sessions in one container, for one operation. */
export type ExecGate = {
  /** Starts a session; sent at most once. `command`: the line that the SSM agent splits into arguments. */
  readonly start: (call: ExecCall, command: string) => Promise<SessionRequest>
  readonly channel: (call: ExecCall, session: string) => Promise<SessionPorts>
  /** The ids of all open sessions in the container, including those of other people. */
  readonly find: (call: ExecCall) => Promise<readonly string[]>
  readonly terminate: (call: ExecCall, session: string) => Promise<void>
}
