// The stored items of one operation, and the lock on one service: their keys and shapes.

import type { Actor } from '../../model/ecs.ts'
import type { Key, Store } from '../../model/ports/store.ts'

/** A callback id is a secret: only the store has it. */
type Callback = { readonly callbackId: string }

/** The lock on a service while one operation changes it. `until`: epoch seconds. `from`: the operation that gave way. */
export type ServiceMutex = ServiceActivity & {
  readonly operation: string
  readonly from?: ServiceActivity
  readonly until?: number
}
/** A change that is running, and its requester. */
export type ServiceActivity = { readonly holder: Actor; readonly what: string }

export const operationKey = (id: string, sk: string): Key => ({ pk: `operation#${id}`, sk })
export const approvalKey = (id: string) => operationKey(id, 'approval')
export const callbackKey = (id: string) => operationKey(id, 'callback')
export const postedKey = (id: string, what: 'card' | 'outcome') => operationKey(id, `posted ${what}`)
/** Written before the message is posted. Without a `postedKey` item, the reader searches the channel for the message. */
export const postingKey = (id: string, what: 'card' | 'outcome') => operationKey(id, `posting ${what}`)
/** Written when the operation has read the decision: no wake-up is needed after that. */
export const decisionReadKey = (id: string) => operationKey(id, 'heard')
/** Written before the reminder is posted. */
export const reminderKey = (id: string, number: number) => operationKey(id, `reminder ${number}`)
/** Its durable execution and its requester: read by the check for dead operations. */
export const executionKey = (id: string) => operationKey(id, 'execution')
/** The requester got an ephemeral answer instead of a card. */
export const answeredKey = (id: string) => operationKey(id, 'answered')
export const faceKey = (id: string) => operationKey(id, 'face')
/** The final card, written before it is posted: no progress is shown after that. */
export const finalCardKey = (id: string) => operationKey(id, 'ended')
/** A request to stop the operation's command. */
export const execStopKey = (id: string) => operationKey(id, 'exec stop')
/** Written when the operation is reported dead. */
export const reportedDeadKey = (id: string) => operationKey(id, 'reported dead')
/** `id`: the name of one of the canary's executions. */
export const canaryKey = (id: string, what: string) => operationKey(id, `canary ${what}`)
/** The outcome of one request for a lock, a halt or channel defaults. */
export const settingKey = (id: string) => operationKey(id, 'setting')

/** The callback that wakes an operation while its lease runs. */
export const leaseCallbackKey = (id: string) => operationKey(id, 'lease callback')

export const lockKey = (serviceArn: string): Key => ({ pk: `lock#${serviceArn}`, sk: 'lock' })

export const readCallback = async (store: Store, key: Key): Promise<string | undefined> =>
  (await store.get<Callback>(key))?.value.callbackId
