// Store keys and items of exec sessions and grants.

import { operationKey } from '../../engine/change/records.ts'
import type { Actor } from '../../model/ecs.ts'
import type { Key } from '../../model/ports/store.ts'

/** The item of a session that an operation opened. */
export const execSessionKey = (id: string, name: string) => operationKey(id, `exec session ${name}`)

export type ExecSession = { readonly session: string; readonly at: string }

/** The item that marks a grant as revoked before its end. */
export const revokedKey = (id: string) => operationKey(id, 'revoked')

/** The item that marks a session of a grant as reported. It is written before the message is posted. */
export const grantSeenKey = (id: string, session: string) => operationKey(id, `seen ${session}`)

/** The item with the person for whom a session was opened. Session Manager names only ECS as the session's owner. */
export const execOwnerKey = (session: string): Key => ({ pk: `exec#${session}`, sk: 'owner' })

export type ExecOwner = { readonly operation: string; readonly by: Actor; readonly corporateId: string }
