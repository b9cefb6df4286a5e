// Findings that people put off until a time, with the reason. A snooze hides the finding of a service in lists, not from its answer.

import { timeMark } from '../../kit/messages/markup.ts'
import { codeText, plainName } from '../../kit/messages/text.ts'
import type { Actor } from '../../model/ecs.ts'
import type { Key, Store } from '../../model/ports/store.ts'

/** `at`, `until`: ISO 8601. */
export type Snooze = { readonly by: Actor; readonly at: string; readonly until: string; readonly reason: string }

export const SNOOZES = 'snoozes'
export const snoozeKey = (serviceArn: string): Key => ({ pk: SNOOZES, sk: serviceArn })

/** A snooze that is over is shown for this long. */
const OVER_DAYS = 14

/** When its item goes, in epoch seconds. */
export const snoozeExpiry = ({ until }: Snooze): number => Math.floor(Date.parse(until) / 1_000) + OVER_DAYS * 86_400

/** By the ARN of the service. Without the store, nothing is hidden. */
export const readSnoozes = async (store: Pick<Store, 'list'>): Promise<ReadonlyMap<string, Snooze>> => {
  const items = await store.list<Snooze>(SNOOZES).catch(() => [])
  return new Map(items.map(({ key, value }) => [key.sk, value]))
}

export const isAsleep = ({ until }: Snooze, now: string): boolean => until > now

const MOST_REASON = 200

/** Markup, without a full stop: `until …, by …, because …`. */
export const snoozeText = (snooze: Snooze, now: string): string => {
  const { by, until, reason } = snooze
  const when = isAsleep(snooze, now) ? `until ${timeMark(until)}` : `over since ${timeMark(until)}`
  return `${when}, by ${plainName(by.name, 60)}, because ${codeText(reason, MOST_REASON)}`
}
