// What the store holds of one operation, and of the lock on one service.

import type { Actor } from '../../model/ecs.ts'
import type { Key, Store } from '../../model/ports/store.ts'

/** The callback is a secret: it lives in the store alone. */
type Callback = { readonly callbackId: string }

/** `until`: epoch seconds. */
export type ServiceMutex = ServiceActivity & {
  readonly operation: string
  readonly from?: ServiceActivity
  readonly until?: number
}
/** What is under way, and who asked for it. `from`: what had to give way. */
export type ServiceActivity = { readonly holder: Actor; readonly what: string }

export const operationKey = (id: string, sk: string): Key => ({ pk: `operation#${id}`, sk })
export const approvalKey = (id: string) => operationKey(id, 'approval')
export const callbackKey = (id: string) => operationKey(id, 'callback')
export const postedKey = (id: string, what: 'card' | 'outcome') => operationKey(id, `posted ${what}`)
/** Written before the message is posted: who finds it without `postedKey` must look whether the message is there. */
export const postingKey = (id: string, what: 'card' | 'outcome') => operationKey(id, `posting ${what}`)
/** Written when the operation has read the decision: nobody has to wake it any more. */
export const decisionReadKey = (id: string) => operationKey(id, 'heard')
/** Written before the reminder is posted. */
export const reminderKey = (id: string, number: number) => operationKey(id, `reminder ${number}`)
/** Where it runs, and who asked for it: for whoever looks whether it is still there. */
export const executionKey = (id: string) => operationKey(id, 'execution')
/** Who asked for it has been answered, without a card. */
export const answeredKey = (id: string) => operationKey(id, 'answered')
export const faceKey = (id: string) => operationKey(id, 'face')
/** The card as its operation has left it, written before it is told: no progress is told any more. */
export const finalCardKey = (id: string) => operationKey(id, 'ended')
/** That somebody stops its command. */
export const execStopKey = (id: string) => operationKey(id, 'exec stop')
/** That it was reported dead. */
export const reportedDeadKey = (id: string) => operationKey(id, 'reported dead')
/** `id`: the name of one of its executions. */
export const canaryKey = (id: string, what: string) => operationKey(id, `canary ${what}`)
/** What became of one request for a lock, a halt or what a channel is about. */
export const settingKey = (id: string) => operationKey(id, 'setting')

/** What wakes an operation while its lease runs; a secret, as every callback is. */
export const leaseCallbackKey = (id: string) => operationKey(id, 'lease callback')

export const lockKey = (serviceArn: string): Key => ({ pk: `lock#${serviceArn}`, sk: 'lock' })

export const readCallback = async (store: Store, key: Key): Promise<string | undefined> =>
  (await store.get<Callback>(key))?.value.callbackId
