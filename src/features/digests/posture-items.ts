// The findings of /ecs check for a digest: some hundred services a run, each service in its turn.

import { createHash } from 'node:crypto'
import { fullName } from '../../kit/language/target.ts'
import { groupBy } from '../../model/batches.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { RemoteError } from '../../model/errors.ts'
import { atLeast, type Flaw } from '../checks/check.ts'
import { checkPlace, MOST_SERVICES } from '../checks/check-place.ts'
import type { CheckReads } from '../checks/reads.ts'
import type { DigestItem, Group, Unread } from './item.ts'
import { runButton } from './stored-items.ts'

/** A service is in the same bucket in each run. */
export const BUCKETS = 64

/** Our choice: DescribeTaskDefinition allows 20 calls a second, which the whole account shares. */
const MOST_CHECKED = 200

export const bucketOf = ({ arn }: Pick<ServiceRef, 'arn'>): number =>
  createHash('sha256').update(arn).digest().readUInt8(0) % BUCKETS

/** The buckets of this run, from `first`: as many as have at most MOST_CHECKED services, but at least one. */
const bucketsFrom = (first: number, refs: readonly ServiceRef[]): readonly number[] => {
  const sizes = Array.from({ length: BUCKETS }, () => 0)
  for (const ref of refs) sizes[bucketOf(ref)] = (sizes[bucketOf(ref)] ?? 0) + 1
  const order = sizes.map((_, nth) => (first + nth) % BUCKETS)
  let room = MOST_CHECKED
  const end = order.findIndex((bucket, nth) => {
    room -= sizes[bucket] ?? 0
    return room < 0 && nth > 0
  })
  return end < 0 ? order : order.slice(0, end)
}

export type PostureTurn = {
  readonly groups: readonly Group[]
  readonly checked: number
  /** The first bucket of the next run. */
  readonly next: number
  readonly unread: readonly Unread[]
}

/** The key of a group, of which a service that was not checked in this run keeps its items. */
const keyOf = (accountId: string, bucket: number): string => `posture ${accountId} ${bucket}`

export const checkTurn = async (refs: readonly ServiceRef[], first: number, read: CheckReads): Promise<PostureTurn> => {
  const buckets = bucketsFrom(first, refs)
  const due = new Set(buckets)
  const chosen = refs.filter(ref => due.has(bucketOf(ref)))
  const turns: AccountTurn[] = []
  for (const ofAccount of groupBy(chosen, ({ accountId }) => accountId)) turns.push(await checkAccount(ofAccount, read))
  const found = turns.flatMap(({ groups }) => groups)
  const keys = new Set(found.map(({ key }) => key))
  const accounts = [...new Set(refs.map(({ accountId }) => accountId))]
  const empty = accounts.flatMap(account => buckets.map(bucket => keyOf(account, bucket))).filter(key => !keys.has(key))
  return {
    groups: [...found, ...empty.map(key => ({ key, items: [] }))],
    unread: turns.flatMap(({ unread }) => unread),
    checked: chosen.length,
    next: (first + buckets.length) % BUCKETS,
  }
}

type AccountTurn = Pick<PostureTurn, 'groups' | 'unread'>

const checkAccount = async (refs: readonly [ServiceRef, ...ServiceRef[]], read: CheckReads): Promise<AccountTurn> => {
  const [{ account, accountId }] = refs
  const place = { scope: { accountId }, name: account, account }
  const found: { readonly ref: ServiceRef; readonly flaw: Flaw }[] = []
  const unread: string[] = []
  const named = new Map(refs.map(ref => [`${ref.region}/${ref.cluster}/${ref.service}`, ref]))
  for (let page = 1; (page - 1) * MOST_SERVICES < refs.length; page += 1) {
    try {
      const checked = await checkPlace({ kind: 'extent', place, refs }, read, page)
      unread.push(...checked.unread)
      for (const flaw of atLeast('high', checked.flaws))
        for (const { where } of flaw.sightings) {
          const ref = named.get(where)
          if (ref !== undefined) found.push({ ref, flaw })
        }
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error
      unread.push(error.message)
    }
  }
  const buckets = [...new Set(refs.map(bucketOf))]
  return {
    unread: [...new Set(unread)].map(text => ({ key: `posture ${accountId}`, text })),
    groups: buckets.map(bucket => ({
      key: keyOf(accountId, bucket),
      items: found.filter(({ ref }) => bucketOf(ref) === bucket).map(itemOf),
      ...(unread.length > 0 && { isPartial: true }),
    })),
  }
}

const itemOf = ({
  ref,
  flaw: { id, severity, title },
}: {
  readonly ref: ServiceRef
  readonly flaw: Flaw
}): DigestItem => ({
  ...{ topic: 'posture', id: `posture ${ref.arn} ${id}`, facts: severity, rank: severity === 'critical' ? 0 : 1 },
  line: `*${fullName(ref)}*: ${title} (${severity}, \`${id}\`)`,
  buttons: [runButton('Check', ref, `check ${fullName(ref)}`)],
})
