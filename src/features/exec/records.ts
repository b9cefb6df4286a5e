// What the store holds of exec sessions and grants.

import { operationKey } from '../../engine/change/records.ts'
import type { Actor } from '../../model/ecs.ts'
import type { Key } from '../../model/ports/store.ts'

/** Of a session that it opened. */
export const execSessionKey = (id: string, name: string) => operationKey(id, `exec session ${name}`)

export type ExecSession = { readonly session: string; readonly at: string }

/** That somebody has ended a grant before its time. */
export const revokedKey = (id: string) => operationKey(id, 'revoked')

/** Written before a session of a grant is told of. */
export const grantSeenKey = (id: string, session: string) => operationKey(id, `seen ${session}`)

/** Who opened a session: Session Manager knows ECS as its owner, and nobody else. */
export const execOwnerKey = (session: string): Key => ({ pk: `exec#${session}`, sk: 'owner' })

export type ExecOwner = { readonly operation: string; readonly by: Actor; readonly corporateId: string }
