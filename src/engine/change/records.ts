// The stored items of one operation, and the lock on one service: their keys and shapes.

import type { Actor } from '../../model/ecs.ts'
import type { Key, Store } from '../../model/ports/store.ts'

/** The item of a callback. A callback id is a secret, so only the store contains it. */
type Callback = { readonly callbackId: string }

/**
 * The lock on a service while one operation changes it. `until`: epoch seconds. `from`: the operation that gave up the
 * lock.
 */
export type ServiceMutex = ServiceActivity & {
  readonly operation: string
  readonly from?: ServiceActivity
  readonly until?: number
}
/** A change that is running on a service, and its requester. */
export type ServiceActivity = { readonly holder: Actor; readonly what: string }

export const operationKey = (id: string, sk: string): Key => ({ pk: `operation#${id}`, sk })
export const approvalKey = (id: string) => operationKey(id, 'approval')
export const callbackKey = (id: string) => operationKey(id, 'callback')
export const postedKey = (id: string, what: 'card' | 'outcome') => operationKey(id, `posted ${what}`)
/**
 * The item that is written before a message is posted. If it exists without a `postedKey` item, the channel is searched
 * for the message.
 */
export const postingKey = (id: string, what: 'card' | 'outcome') => operationKey(id, `posting ${what}`)
/** The item that is written when the operation has read its decision. No wake-up is needed after that. */
export const decisionReadKey = (id: string) => operationKey(id, 'heard')
/** The item that is written before a reminder is posted. */
export const reminderKey = (id: string, number: number) => operationKey(id, `reminder ${number}`)
/** The item that is written before the end of the operation is told in its thread. */
export const toldEndKey = (id: string) => operationKey(id, 'told end')
/** The durable execution and the requester of an operation. The check for dead operations reads this item. */
export const executionKey = (id: string) => operationKey(id, 'execution')
/** The item that marks that the requester got an ephemeral answer instead of a card. */
export const answeredKey = (id: string) => operationKey(id, 'answered')
export const faceKey = (id: string) => operationKey(id, 'face')
/** The final card, written before it is posted. After that, no progress is shown. */
export const finalCardKey = (id: string) => operationKey(id, 'ended')
/** The card while a temporary change or a shell access runs, written before it is shown. */
export const standingCardKey = (id: string) => operationKey(id, 'standing')
/** The item that is written before a question to the requester is posted. */
export const askedKey = (id: string, question: string) => operationKey(id, `asked ${question}`)
/** A request to stop the command that the operation runs. */
export const execStopKey = (id: string) => operationKey(id, 'exec stop')
/** Who is about to answer the gate of this operation, written before the answer is sent. */
export const gateAnswerKey = (id: string) => operationKey(id, 'gate answer')
/** The item that is written when the operation is reported dead. */
export const reportedDeadKey = (id: string) => operationKey(id, 'reported dead')
/** The item of one canary execution. `id`: the execution's name. */
export const canaryKey = (id: string, what: string) => operationKey(id, `canary ${what}`)
/** The outcome of one request that sets a lock, a halt or channel defaults. */
export const settingKey = (id: string) => operationKey(id, 'setting')

/** The item with the callback that wakes an operation while its lease runs. */
export const leaseCallbackKey = (id: string) => operationKey(id, 'lease callback')

/** A card or a shared answer in a channel: the report about outsiders names it. */
export type StandingCard = { readonly title: string; readonly at: string }

export const CARDS_DAYS = 7

/** The partition of what was posted in a channel in the last days. */
export const cardsIn = (channel: string): string => `cards#${channel}`

/** Notes a card or a shared answer, for the report about outsiders. Without the note, only the report lacks it. `by`: a key of its own. */
export const noteStanding = async (
  channel: string,
  by: string,
  title: string,
  { store, now }: { readonly store: Pick<Store, 'create'>; readonly now: () => string },
): Promise<void> => {
  const until = Math.floor(Date.parse(now()) / 1_000) + CARDS_DAYS * 86_400
  const card: StandingCard = { title, at: now() }
  await store.create({ pk: cardsIn(channel), sk: by }, card, until).catch(() => false)
}

/** A watch after a deployment, until its end; ISO 8601. Another change of size waits for it. */
export type ServiceWatch = { readonly operation: string; readonly what: string; readonly until: string }
export const watchKey = (serviceArn: string): Key => ({ pk: `watch#${serviceArn}`, sk: 'watch' })

export const lockKey = (serviceArn: string): Key => ({ pk: `lock#${serviceArn}`, sk: 'lock' })

export const readCallback = async (store: Store, key: Key): Promise<string | undefined> =>
  (await store.get<Callback>(key))?.value.callbackId
