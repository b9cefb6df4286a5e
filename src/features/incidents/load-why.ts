// Loads /ecs why with a bounded number of calls. A read that fails is listed in `unread`, and the rest is still shown.

import { type AuditRecord, recordKey } from '../../engine/audit/audit.ts'
import type { Asker } from '../../engine/rules/asker.ts'
import { fullName } from '../../kit/language/target.ts'
import type { ServiceRef, StoppedTask } from '../../model/ecs.ts'
import { isRefusal, type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import type { ServiceDetail } from '../../model/service-detail.ts'
import type { DeploymentReads } from '../deployments/reads.ts'
import { listKept } from '../logs/redaction.ts'
import { type Health, healthOf } from '../status/load-status.ts'
import { MOST_STOPPED, type StatusReads } from '../status/reads.ts'
import { STOPS_DAYS, stopsOf } from '../status/stopped-tasks.ts'
import type { Usage } from '../status/usage.ts'
import { actionsIn } from './action-log.ts'
import { type Cause, groupChanges } from './causes.ts'
import { collectChanges, type Sources } from './changes.ts'
import { type ActionLog, CALLS, type CallAtAws, type CallName, type IncidentReads, type Period } from './reads.ts'
import { type Signal, signalsOf } from './signals.ts'
import { type Asked, type Asking, periodOf } from './why-period.ts'

type Reads = Pick<StatusReads, 'serviceDetail' | 'stoppedTasks' | 'alarms' | 'usage'> &
  Pick<DeploymentReads, 'deployments' | 'revisions'> &
  IncidentReads

export type Why = {
  readonly ref: ServiceRef
  readonly asking: Asking
  readonly health: Health
  /** The causes. The cause with the most recent change comes first. */
  readonly causes: readonly Cause[]
  readonly count: number
  readonly usage?: Usage
  readonly actionLog?: ActionLog['kind'] | 'silent'
  /** The reads that failed, with what is therefore unknown and the reason. */
  readonly unread: readonly string[]
  readonly now: string
  /** The canonical text of the request that shows more. */
  readonly all: string
}

/**
 * The maximum number of deployments that are read, newest first. Reading them takes one list call and three describe
 * calls.
 */
const MOST_DEPLOYMENTS = 40
/** The maximum number of audit records, of stopped tasks and of signals that are read from the store. */
const MOST_KEPT = 500

export const loadWhy = async (
  ref: ServiceRef,
  asked: Asked,
  {
    read,
    asker,
  }: { readonly read: Reads; readonly asker: Pick<Asker, 'store' | 'config' | 'facts' | 'zone' | 'again'> },
): Promise<Why | Refusal> => {
  const { now } = asker.facts
  const asking = periodOf(asked, await asker.zone(), Date.parse(now))
  if (isRefusal(asking)) return asking
  const unread: string[] = []
  const { period, isPast, minutes } = asking
  const orElse = createOrElse(unread)
  const [detail, found, usage] = await Promise.all([
    read.serviceDetail(ref),
    loadSources(ref, asking, { read, asker, orElse, unread }),
    orElse(read.usage(ref, period.until, minutes), undefined),
  ])
  if (detail === undefined) return refuse(`*${fullName(ref)}* no longer exists.`)
  const { actionLog, ...sources } = found
  const [created, alarms] = await Promise.all([
    detail.service.createdAt < period.from ? [] : readCalls(ref, ['CreateService'], period, { read, unread }),
    isPast ? [] : orElse(read.alarms(ref, detail.alarms), []),
  ])
  const changes = collectChanges({
    ...sources,
    calls: [...sources.calls, ...created],
    events: detail.events,
    alarmNames: detail.alarms,
    alarms,
  })
  return {
    ref,
    asking,
    health: healthNow(detail, sources, alarms),
    causes: groupChanges(changes),
    count: changes.length,
    unread: [...unread, ...limitsOf(asking, now)],
    now,
    all: asker.again({ all: true }),
    ...(usage !== undefined && { usage }),
    ...(actionLog !== undefined && {
      actionLog: actionLog.kind === 'on' && sources.actions.length === 0 ? 'silent' : actionLog.kind,
    }),
  }
}

type OrElse = <T>(reading: Promise<T>, otherwise: T, means?: string) => Promise<T>

/**
 * Creates a function that returns `otherwise` if a read fails with a RemoteError, and adds the error to `unread`.
 * `means`: what the failed read leaves unknown.
 */
const createOrElse =
  (unread: string[]): OrElse =>
  async (reading, otherwise, means) => {
    try {
      return await reading
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error
      unread.push(means === undefined ? error.message : `${means}: ${error.message}`)
      return otherwise
    }
  }

type With = {
  readonly read: Reads
  readonly asker: Pick<Asker, 'store' | 'config'>
  readonly orElse: OrElse
  readonly unread: string[]
}

type Found = Omit<Sources, 'events' | 'alarms' | 'alarmNames'> & { readonly actionLog: ActionLog | undefined }

const loadSources = async (ref: ServiceRef, asking: Asking, context: With): Promise<Found> => {
  const { read, orElse, unread } = context
  const { period, isPast } = asking
  const [deployments, activities, stopped, kept, calls, actionLog] = await Promise.all([
    orElse(read.deployments(ref, MOST_DEPLOYMENTS, isPast ? period.until : undefined), undefined),
    orElse(read.scalingPast(ref, period.from), undefined),
    isPast ? [] : orElse(read.stoppedTasks(ref), []),
    loadKept(ref, asking, context),
    readCalls(ref, CALLS, period, { read, unread }),
    orElse(read.actionLog(ref, period), undefined, 'ECS Action Logs'),
  ])
  const arns = (deployments ?? []).flatMap(({ from, to, rollback }) => [to, ...from, rollback?.to ?? ''])
  const wanted = [...new Set(arns)].filter(arn => arn !== '')
  const revisions = wanted.length === 0 ? [] : await orElse(read.revisions(ref, wanted), [])
  const oldest = deployments?.at(-1)
  if (deployments?.length === MOST_DEPLOYMENTS && oldest !== undefined && oldest.createdAt > period.from)
    unread.push(`deployments before the newest ${MOST_DEPLOYMENTS}`)
  if (activities?.isPartial) unread.push('scaling activities before the newest 500')
  if (stopped.length >= MOST_STOPPED) unread.push(`stopped tasks beyond ${MOST_STOPPED.toLocaleString('en')}`)
  const actions = actionLog?.kind === 'on' ? actionsIn(actionLog.lines, ref, period) : []
  if (actionLog?.kind === 'on' && actionLog.isPartial) unread.push('the older part of the ECS Action Logs')
  return {
    ref,
    period,
    revisions,
    calls,
    actions,
    actionLog,
    signals: kept.signals,
    stopped: within(merged(stopped, kept.stopped), period),
    ...(deployments !== undefined && { deployments }),
    ...(activities !== undefined && { activities: activities.activities }),
    ...(kept.records !== undefined && { records: kept.records }),
    ...(actionLog?.kind === 'on' && { actionGroup: actionLog.group }),
  }
}

/**
 * The tasks that stopped within the period. A task that is still stopping has no stop time, so its creation time
 * counts.
 */
const within = (stopped: readonly StoppedTask[], { from, until }: Period): readonly StoppedTask[] =>
  stopped.filter(({ stoppedAt, createdAt }) => (stoppedAt || createdAt) >= from && (stoppedAt || createdAt) <= until)

/** Merges stopped tasks from ECS and from the store. A task that is in both lists is included once. */
const merged = (recent: readonly StoppedTask[], kept: readonly StoppedTask[]): readonly StoppedTask[] => [
  ...new Map([...kept, ...recent].map(task => [task.id, task])).values(),
]

/**
 * Reads audit records, stopped tasks and signals of the period from the store: the newest MOST_KEPT of each, or the
 * oldest MOST_KEPT if the period ends in the past.
 */
const loadKept = async (ref: ServiceRef, { period, isPast }: Asking, { asker, unread }: With) => {
  const options = { from: period.from, limit: MOST_KEPT, newestFirst: !isPast }
  const [records, stopped, signals] = await Promise.all([
    asker.store.list<AuditRecord>(recordKey(ref.arn), options).catch(() => undefined),
    listKept<StoppedTask>(stopsOf(ref.arn), options, asker).catch(() => undefined),
    listKept<Signal>(signalsOf(ref), options, asker).catch(() => undefined),
  ])
  if (records === undefined) unread.push('Quarterdeck’s own operations: the store did not answer')
  if (stopped === undefined) unread.push('stopped tasks before the last hour: the store did not answer')
  if (signals === undefined) unread.push('alarms and retirements: the store did not answer')
  for (const [list, what] of [
    [records, 'operations'],
    [stopped, 'stopped tasks'],
    [signals, 'alarms'],
  ] as const)
    if (list?.length === MOST_KEPT) unread.push(`${what} beyond ${MOST_KEPT}`)
  return {
    records: records?.map(({ value }) => value).toSorted((a, b) => (a.at < b.at ? -1 : 1)),
    stopped: stopped?.map(({ value }) => value) ?? [],
    signals: signals?.map(({ value }) => value) ?? [],
  }
}

/** Reads the CloudTrail events of these API calls. A call name that cannot be read is added to `unread`. */
const readCalls = async (
  ref: ServiceRef,
  names: readonly CallName[],
  period: Period,
  { read, unread }: Pick<With, 'read' | 'unread'>,
): Promise<readonly CallAtAws[]> => {
  const found = await Promise.all(
    names.map(name =>
      read.callsAtAws(ref, name, period).catch((error: unknown) => {
        if (!(error instanceof RemoteError)) throw error
        return error
      }),
    ),
  )
  const failed = found.filter(one => one instanceof RemoteError)
  const [first] = failed
  if (first !== undefined)
    unread.push(
      /Throttl|TooManyRequests/.test(first.code)
        ? 'CloudTrail throttled: who is unknown'
        : `CloudTrail, so who is unknown: ${first.message}`,
    )
  const partial = names.filter((_, at) => isPartial(found[at]))
  if (partial.length > 0) unread.push(`older calls in CloudTrail: ${partial.join(', ')} fill a page`)
  return found.flatMap(one => (one instanceof RemoteError ? [] : one.calls))
}

const isPartial = (one: Awaited<ReturnType<Reads['callsAtAws']>> | RemoteError | undefined): boolean =>
  one !== undefined && !(one instanceof RemoteError) && one.isPartial

const healthNow = (
  detail: ServiceDetail,
  { deployments }: Pick<Found, 'deployments'>,
  alarms: Sources['alarms'],
): Health => {
  const deployment = deployments?.find(({ arn }) => arn === detail.deployment)
  return healthOf({
    detail,
    running: { tasks: [], isPartial: true },
    alarms,
    targets: [],
    lattice: [],
    ...(deployment !== undefined && { deployment }),
  })
}

const DAY_MS = 86_400_000

const limitsOf = ({ period }: Asking, now: string): readonly string[] =>
  Date.parse(now) - Date.parse(period.from) > STOPS_DAYS * DAY_MS
    ? [`stopped tasks before the last ${STOPS_DAYS} days: they are kept no longer`]
    : []
