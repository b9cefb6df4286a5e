// What the store holds of one operation, and of the lock on one service.
import type { Approval, ApprovalEvent, Transition } from './approval.ts'
import { transition } from './approval.ts'
import { type Book, emptyBook, isEmpty } from './lease.ts'
import type { Key, Store } from './model/ports/store.ts'
import type { Actor, ServiceRef } from './model.ts'

/** The callback is a secret: it lives in the store alone. */
type Callback = { readonly callbackId: string }

/** `until`: epoch seconds. */
export type Lock = Under & { readonly operation: string; readonly from?: Under; readonly until?: number }
/** What is under way, and who asked for it. `from`: what had to give way. */
export type Under = { readonly holder: Actor; readonly what: string }

const ofOperation = (id: string, sk: string): Key => ({ pk: `operation#${id}`, sk })
export const approvalKey = (id: string) => ofOperation(id, 'approval')
export const callbackKey = (id: string) => ofOperation(id, 'callback')
export const postedKey = (id: string, what: 'card' | 'outcome') => ofOperation(id, `posted ${what}`)
/** Written before the message is posted: who finds it without `postedKey` must look whether the message is there. */
export const postingKey = (id: string, what: 'card' | 'outcome') => ofOperation(id, `posting ${what}`)
/** Written when the operation has read the decision: nobody has to wake it any more. */
export const heardKey = (id: string) => ofOperation(id, 'heard')
/** Written before the reminder is posted. */
export const reminderKey = (id: string, number: number) => ofOperation(id, `reminder ${number}`)
/** Where it runs, and who asked for it: for whoever looks whether it is still there. */
export const executionKey = (id: string) => ofOperation(id, 'execution')
/** Who asked for it has been answered, without a card. */
export const answeredKey = (id: string) => ofOperation(id, 'answered')
export const faceKey = (id: string) => ofOperation(id, 'face')
/** The card as its operation has left it, written before it is told: no progress is told any more. */
export const endedKey = (id: string) => ofOperation(id, 'ended')
/** Of a session that it opened. */
export const execSessionKey = (id: string, name: string) => ofOperation(id, `exec session ${name}`)
export type ExecSession = { readonly session: string; readonly at: string }
/** That somebody has ended a grant before its time. */
export const revokedKey = (id: string) => ofOperation(id, 'revoked')
/** Written before a session of a grant is told of. */
export const grantSeenKey = (id: string, session: string) => ofOperation(id, `seen ${session}`)
/** Who opened a session: Session Manager knows ECS as its owner, and nobody else. */
export const execOwnerKey = (session: string): Key => ({ pk: `exec#${session}`, sk: 'owner' })
export type ExecOwner = { readonly operation: string; readonly by: Actor; readonly corporateId: string }
/** That somebody stops its command. */
export const execStopKey = (id: string) => ofOperation(id, 'exec stop')
/** That it was reported dead. */
export const reportedDeadKey = (id: string) => ofOperation(id, 'reported dead')
/** `id`: the name of one of its executions. */
export const canaryKey = (id: string, what: string) => ofOperation(id, `canary ${what}`)
export const groupKey = (group: string): Key => ({ pk: `usergroup#${group}`, sk: 'members' })

/** `holder`: everything about it; `stop`: that it is to end. */
export const followKey = (id: string): Key => ({ pk: `follow#${id}`, sk: 'holder' })
export const stopKey = (id: string): Key => ({ pk: `follow#${id}`, sk: 'stop' })

/** Locks that people put on places: one partition, because every change reads them all. */
export const HOLDS = 'holds'
export const holdKey = (name: string): Key => ({ pk: HOLDS, sk: name })

/** What became of one request for a lock, a halt or what a channel is about. */
export const settingKey = (id: string) => ofOperation(id, 'setting')

export type Halt = { readonly by: Actor; readonly at: string; readonly reason: string }
export const HALT_KEY: Key = { pk: 'halt', sk: 'halt' }

/** What is leased, a book for each service: one partition, because people ask for all of them. */
export const LEASES = 'leases'
export const bookKey = (serviceArn: string): Key => ({ pk: LEASES, sk: serviceArn })

/** `due`: epoch milliseconds. Written before the digest of that day is posted. */
export const digestKey = (due: number): Key => ({ pk: 'digest', sk: new Date(due).toISOString() })

/** What wakes an operation while its lease runs; a secret, as every callback is. */
export const leaseCallbackKey = (id: string) => ofOperation(id, 'lease callback')

export const lockKey = (serviceArn: string): Key => ({ pk: `lock#${serviceArn}`, sk: 'lock' })

/** Changes the book of a service: read, change, write if nobody else wrote meanwhile; again if they did. Gone when it is empty. */
export const updateBook = async (store: Store, target: ServiceRef, change: (book: Book) => Book): Promise<Book> => {
  const key = bookKey(target.arn)
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const item = await store.get<Book>(key)
    const before = item?.value ?? emptyBook(target)
    const after = change(before)
    if (after === before) return before
    const isWritten =
      item === undefined
        ? await store.create(key, after)
        : isEmpty(after)
          ? await store.remove(key, item.version)
          : await store.replace(key, after, item.version)
    if (isWritten) return after
  }
  throw new Error(`the leases of ${target.service} never stood still`)
}

export const readCallback = async (store: Store, key: Key): Promise<string | undefined> =>
  (await store.get<Callback>(key))?.value.callbackId

/** Two dozen people clicking at once each lose a write or two; none loses this often. */
const MOST_TRIES = 40

/**
 * Applies one event to the stored approval: read, decide, write if nobody else wrote meanwhile; again if they did.
 * `beforeSettling`: what has to be there before the write that would settle it.
 */
export const applyEvent = async (
  store: Store,
  operation: string,
  event: (approval: Approval) => ApprovalEvent,
  beforeSettling: () => Promise<void> = async () => {},
): Promise<Transition | 'unknown-operation'> => {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const item = await store.get<Approval>(approvalKey(operation))
    if (item === undefined) return 'unknown-operation'
    const result = transition(item.value, event(item.value))
    if (result.kind !== 'changed') return result
    if (result.approval.decision !== undefined) await beforeSettling()
    if (await store.replace(item.key, result.approval, item.version)) return result
  }
  throw new Error(`the approval of ${operation} never stood still`)
}
