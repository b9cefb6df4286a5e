// Collects the items of a digest, a group a source. A source that fails is named, and the others are told.

import { type AuditRecord, chainKey } from '../../engine/audit/audit.ts'
import { PENDING, type Pending } from '../../engine/change/open-request.ts'
import type { LeaseBook } from '../../engine/leases/book.ts'
import { LEASES } from '../../engine/leases/book-store.ts'
import type { Config, Digest, DigestTopic } from '../../engine/rules/config.ts'
import { countWords, plainName } from '../../kit/messages/text.ts'
import { groupBy, inBatches } from '../../model/batches.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { RemoteError } from '../../model/errors.ts'
import type { Store } from '../../model/ports/store.ts'
import { timeText } from '../../model/scaling-words.ts'
import type { CheckReads } from '../checks/reads.ts'
import type { CostReads } from '../cost/reads.ts'
import { enrolText } from '../cost/render-findings.ts'
import { isAsleep, readSnoozes } from '../cost/snooze.ts'
import { listKept } from '../logs/redaction.ts'
import type { ServiceReads } from '../services/reads.ts'
import { type ServiceState, statesOf } from '../status/service-health.ts'
import type { Collected, DigestItem, Group, Unread } from './item.ts'
import { checkTurn } from './posture-items.ts'
import { costItems, suspensionItems } from './read-items.ts'
import type { DigestReads } from './reads.ts'
import { type DigestScope, loadDigestScope, type MaySee, refOfArn } from './scope.ts'
import { deployedItems, emergencyItems, failedItems, leaseItems, waitingItems } from './stored-items.ts'

export type CollectReads = Pick<ServiceReads, 'index'> & Pick<CostReads, 'advice'> & CheckReads & DigestReads

export type Collecting = {
  readonly digest: Digest
  readonly config: Pick<Config, 'accounts' | 'redaction'>
  readonly maySee: MaySee
  readonly now: string
  /** Deployments and emergencies since this time, ISO 8601. */
  readonly since: string
  /** The first bucket of services whose posture is checked. */
  readonly turn: number
  readonly store: Pick<Store, 'list'>
  readonly read: CollectReads
}

/** `next`: the first bucket of the next run. */
export type CollectedDigest = Collected & { readonly next: number }

/** The most audit records of an account. */
const MOST_RECORDS = 1_000

/** The most notes about accounts that are not enrolled. */
const MOST_NOTES = 3

type Source = Omit<Collected, 'services'> & { readonly next?: number }

const NOTHING: Source = { groups: [], unread: [], notes: [] }

export const collect = async (collecting: Collecting): Promise<CollectedDigest> => {
  const { digest, maySee, read, store, turn } = collecting
  const scope = await loadDigestScope(digest, maySee, read, store)
  const has = (topic: DigestTopic): boolean => digest.topics.includes(topic)
  const books = (await store.list<LeaseBook>(LEASES)).map(({ value }) => value)
  const sources = [
    await fromStore(books, scope, collecting),
    has('deployments') ? await fromStates(scope, collecting) : NOTHING,
    has('suspensions') ? await fromAutoscaling(books, scope, read) : NOTHING,
    has('cost') ? await fromOptimizer(scope, collecting) : NOTHING,
    has('posture') ? await fromChecks(scope, turn, read) : NOTHING,
  ]
  const unread = [...scope.unread, ...sources.flatMap(source => source.unread)]
  const groups = sources.flatMap(source => source.groups)
  return {
    groups: [...groups.map(group => ofTopics(group, digest)), { key: 'unread', items: unread.map(unreadItem) }],
    services: scope.refs.length,
    unread,
    notes: [...oldIndex(scope, collecting), ...sources.flatMap(source => source.notes)],
    next: sources.find(({ next }) => next !== undefined)?.next ?? turn,
  }
}

const DAY_MS = 86_400_000

const oldIndex = ({ asOf }: DigestScope, { now }: Collecting): readonly string[] =>
  asOf === undefined || Date.parse(now) - Date.parse(asOf) <= DAY_MS
    ? []
    : [`The list of services is of ${timeText(asOf)}: newer services are missing.`]

const ofTopics = (group: Group, { topics }: Digest): Group => ({
  ...group,
  items: group.items.filter(({ topic }) => topic !== 'unread' && topics.includes(topic)),
})

/** A source that begins to fail is told once. */
const unreadItem = ({ key, text }: Unread): DigestItem => ({
  ...{ topic: 'unread', id: `unread ${key}`, facts: '', line: plainName(text, 200), rank: 0, buttons: [] },
})

const fromStore = async (
  books: readonly LeaseBook[],
  { refs, covers }: DigestScope,
  { store, config, digest, maySee, now, since }: Collecting,
): Promise<Source> => {
  const pending = await store.list<Pending>(PENDING)
  const names = new Map(config.accounts.map(({ id, name }) => [id, name]))
  const refOf = (arn: string) => refOfArn(arn, names)
  const needsAudit = digest.topics.includes('emergencies') || digest.topics.includes('deployments')
  const audits = await inBatches(needsAudit ? accountsOf(refs) : [], async accountId => {
    const options = { newestFirst: true, limit: MOST_RECORDS }
    const all = (await store.list<AuditRecord>(chainKey(accountId), options)).map(({ value }) => value)
    return { all, records: all.filter(({ at }) => at >= since), refOf }
  })
  const isCut = audits.some(({ all, records }) => all.length === MOST_RECORDS && records.length === all.length)
  return {
    groups: [
      {
        key: 'waiting',
        items: waitingItems(
          pending.filter(({ value }) => maySee.request(value)),
          covers,
          now,
        ),
      },
      { key: 'leases', items: leaseItems(books, covers) },
      { key: 'emergencies', items: audits.flatMap(audit => emergencyItems(audit, covers)) },
      { key: 'deployed', items: audits.flatMap(audit => deployedItems(audit, covers)) },
    ],
    unread: [],
    notes: isCut ? [`Only the last ${countWords(MOST_RECORDS)} audit records of an account were read.`] : [],
  }
}

const accountsOf = (refs: readonly ServiceRef[]): readonly string[] => [
  ...new Set(refs.map(({ accountId }) => accountId)),
]

const placesOf = (refs: readonly ServiceRef[]) => groupBy(refs, ({ accountId, region }) => `${accountId} ${region}`)

const fromStates = async ({ refs }: DigestScope, { store, config, since }: Collecting): Promise<Source> => {
  const groups = await inBatches(placesOf(refs), async ofPlace => {
    const [first] = ofPlace
    const byName = new Map(ofPlace.map(ref => [`${ref.cluster}/${ref.service}`, ref]))
    const states = await listKept<ServiceState>(statesOf(first), {}, { store, config })
    return states.flatMap(({ key, value }) => {
      const ref = byName.get(key.sk)
      return ref === undefined ? [] : [[ref, value] as const]
    })
  })
  return { ...NOTHING, groups: [{ key: 'failed', items: failedItems(groups.flat(), since) }] }
}

/** Reads each account and region. `read`: gives the items of one. */
const byPlace = async (
  topic: DigestTopic,
  { refs }: DigestScope,
  read: (ofPlace: readonly [ServiceRef, ...ServiceRef[]]) => Promise<readonly DigestItem[]>,
): Promise<Source> => {
  const sources = await inBatches(placesOf(refs), async (ofPlace): Promise<Source> => {
    const [{ accountId, region }] = ofPlace
    const key = `${topic} ${accountId} ${region}`
    try {
      return { ...NOTHING, groups: [{ key, items: await read(ofPlace) }] }
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error
      return { ...NOTHING, groups: [{ key, items: [], isPartial: true }], unread: [{ key, text: error.message }] }
    }
  })
  return {
    groups: sources.flatMap(({ groups }) => groups),
    unread: sources.flatMap(({ unread }) => unread),
    notes: [],
  }
}

const fromAutoscaling = (books: readonly LeaseBook[], scope: DigestScope, read: CollectReads): Promise<Source> => {
  const byArn = new Map(books.map(book => [book.target.arn, book]))
  return byPlace('suspensions', scope, async ofPlace =>
    suspensionItems(await read.suspendedServices(ofPlace[0]), ofPlace, byArn),
  )
}

/** The enrolment is of the account: its regions say the same. */
const fromOptimizer = async (scope: DigestScope, { read, store, now }: Collecting): Promise<Source> => {
  const notes = new Set<string>()
  const snoozes = await readSnoozes(store)
  const isHidden = ({ arn }: ServiceRef): boolean => {
    const snooze = snoozes.get(arn)
    return snooze !== undefined && isAsleep(snooze, now)
  }
  const source = await byPlace('cost', scope, async ofPlace => {
    const [{ account, accountId }] = ofPlace
    const advice = await read.advice(ofPlace[0])
    if (advice.kind === 'advice') return costItems(advice, scope.byArn, isHidden)
    const { status, reason } = advice
    notes.add(enrolText({ account, accountId, status, ...(reason !== undefined && { reason }) }))
    return []
  })
  return { ...source, notes: [...notes].slice(0, MOST_NOTES) }
}

const fromChecks = async ({ refs }: DigestScope, turn: number, read: CollectReads): Promise<Source> => {
  const { checked, ...source } = await checkTurn(refs, turn, read)
  const isPart = checked < refs.length
  const notes = isPart
    ? [
        `Posture: ${countWords(checked)} of ${countWords(refs.length)} services were checked; the others follow in turn.`,
      ]
    : []
  return { ...source, notes }
}
