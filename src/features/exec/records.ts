// Store keys and items of exec sessions and grants.

import { operationKey } from '../../engine/change/records.ts'
import type { Actor } from '../../model/ecs.ts'
import type { Key } from '../../model/ports/store.ts'

/** A session that an operation opened. */
export const execSessionKey = (id: string, name: string) => operationKey(id, `exec session ${name}`)

export type ExecSession = { readonly session: string; readonly at: string }

/** Marks a grant as revoked before its end. */
export const revokedKey = (id: string) => operationKey(id, 'revoked')

/** Marks a session of a grant as reported; written before the message. */
export const grantSeenKey = (id: string, session: string) => operationKey(id, `seen ${session}`)

/** Who opened a session: Session Manager has only ECS as its owner. */
export const execOwnerKey = (session: string): Key => ({ pk: `exec#${session}`, sk: 'owner' })

export type ExecOwner = { readonly operation: string; readonly by: Actor; readonly corporateId: string }
