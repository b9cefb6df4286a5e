// Pure: collects the changes of a service from all sources, newest first. A source that was not read is absent.

import type { AuditRecord } from '../../engine/audit/audit.ts'
import { plainName } from '../../kit/messages/text.ts'
import type { ScalingActivity, ServiceEvent, ServiceRef, StoppedTask } from '../../model/ecs.ts'
import type { AlarmState, DeploymentRecord, ServiceRevision } from '../../model/service-detail.ts'
import { collapse } from '../status/service-events.ts'
import { isFailure } from '../status/why-stopped.ts'
import { type Action, actionText, isNews } from './action-log.ts'
import { callChange, isOfAutoscaling } from './call-changes.ts'
import { type Change, type Link, lastOf } from './change.ts'
import { eventsLink, logLink, scalingLink } from './console-links.ts'
import { definitionOf, deploymentChanges, deploymentOf, startOf, stopperOf } from './deployment-changes.ts'
import { executionsIn, operationChange } from './operation-changes.ts'
import type { CallAtAws, Period } from './reads.ts'
import { signalChanges } from './signal-changes.ts'
import type { Signal } from './signals.ts'
import { stopChanges } from './stop-changes.ts'

export type Sources = {
  readonly ref: ServiceRef
  readonly period: Period
  readonly events: readonly ServiceEvent[]
  readonly deployments?: readonly DeploymentRecord[]
  readonly revisions: readonly ServiceRevision[]
  readonly activities?: readonly ScalingActivity[]
  readonly stopped: readonly StoppedTask[]
  /** The audit's records of the service, oldest first. */
  readonly records?: readonly AuditRecord[]
  readonly calls: readonly CallAtAws[]
  readonly actions: readonly Action[]
  /** The log group of the actions. */
  readonly actionGroup?: string
  /** The names of the alarms of the service's deployments, and their state of now, if it was read. */
  readonly alarmNames: readonly string[]
  readonly alarms: readonly AlarmState[]
  /** Kept alarms and retirements of the account and region. */
  readonly signals: readonly Signal[]
}

export const collectChanges = (sources: Sources): readonly Change[] => {
  const { from, until } = sources.period
  const all = [
    ...deploymentsAndCalls(sources),
    ...stopChanges(sources.stopped, {
      ...sources,
      causeOfTask: task => deploymentOf(task, sources.deployments ?? [], sources.revisions),
    }),
    ...activityChanges(sources),
    ...eventChanges(sources),
    ...actionChanges(sources),
    ...signalChanges(sources),
  ]
  return all
    .filter(change => lastOf(change) >= from && change.at <= until)
    .toSorted((a, b) => (lastOf(a) === lastOf(b) ? 0 : lastOf(a) < lastOf(b) ? 1 : -1))
}

/** Calls and operations that started a deployment are told with it. */
const deploymentsAndCalls = ({ ref, deployments = [], revisions, records, calls, activities }: Sources) => {
  const executions = executionsIn(records ?? [])
  const suspects = { calls, executions }
  const taken = new Set<unknown>()
  const causes = new Map<unknown, string>()
  const changes = deployments.flatMap(record => {
    const { who, call, execution } = startOf(record, definitionOf(record, revisions), suspects)
    if (call !== undefined) taken.add(call)
    if (execution !== undefined) causes.set(execution, record.id)
    return deploymentChanges(record, { ref, revisions, starter: who, stopper: stopperOf(record, suspects) })
  })
  const operations = executions.map(execution => {
    const cause = causes.get(execution)
    return { ...operationChange(execution, ref), ...(cause !== undefined && { cause }) }
  })
  return [...changes, ...operations, ...calls.filter(call => !taken.has(call) && !isTold(call)).map(asChange)]

  function isTold(call: CallAtAws): boolean {
    const isOfStop = call.action === 'StopTask'
    const isRollback = deployments.some(
      ({ arn, rollback }) => rollback !== undefined && call.request['serviceDeploymentArn'] === arn,
    )
    return (
      isOfStop ||
      isRollback ||
      (call.isOwn && records !== undefined) ||
      (isOfAutoscaling(call) && activities !== undefined)
    )
  }

  function asChange(call: CallAtAws): Change {
    return callChange(call, ref)
  }
}

const activityChanges = ({ ref, activities = [] }: Sources): readonly Change[] =>
  activities.map(activity => {
    const { at, description, status, message, notScaled } = activity
    const isBad = status === 'Failed' || status === 'Unfulfilled' || notScaled.length > 0
    const by = byOf(activity)
    const why =
      notScaled.length > 0
        ? `did not scale: ${notScaled.map(code => plainName(code, 40)).join(', ')}`
        : `${status === 'Successful' ? '' : `${plainName(status.toLowerCase(), 20)}: `}${lowerFirst(plainName(description.replace(/\.$/, ''), 120))}`
    const detail = isBad && message !== undefined && message !== '' ? ` (${plainName(message, 160)})` : ''
    return {
      at,
      what: `${why}${detail}`,
      brief: isBad
        ? `autoscaling ${notScaled.length > 0 ? 'did not scale' : 'failed'}`
        : lowerFirst(plainName(description.replace(/\.$/, ''), 60)),
      who: { kind: 'aws', name: by === '' ? 'autoscaling' : `autoscaling, ${by}` },
      isBad,
      link: scalingLink(ref),
      run: JSON.stringify(['autoscaling', by, isBad ? why : '']),
    }
  })

/** What triggered an activity, from its cause: the policy, or the scheduled action. */
const byOf = ({ cause }: ScalingActivity): string => {
  const [, policy] = /triggered policy ([\w\- ./]{1,128})/.exec(cause) ?? []
  if (policy !== undefined) return `policy ${plainName(policy, 60)}`
  const [, action] = /scheduled action (?:name )?([\w\- ./]{1,128})/i.exec(cause) ?? []
  return action === undefined ? '' : `schedule ${plainName(action, 60)}`
}

const lowerFirst = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`

/** Events that only tell what follows from another change. Source: ECS developer guide, service event messages. */
const FOLLOWS = /has (?:started|stopped) \d+ (?:running )?tasks?|has reached a steady state|is (?:not )?AZ balanced/
const OF_DEPLOYMENT = /deployment (?:completed|failed|in progress)|rolling back to/i
/** What stopped tasks tell with the reason. */
const OF_TASKS = /unable to consistently start tasks/
const TROUBLE = /unable|unhealthy|fail|throttl|error|not meet|violat|impaired/i

const eventChanges = ({ ref, events, deployments, stopped, period }: Sources): readonly Change[] => {
  const within = events.filter(({ at }) => at >= period.from && at <= period.until)
  const isToldByTasks = stopped.some(isFailure)
  return collapse(within)
    .filter(({ message }) => !FOLLOWS.test(message) && !(deployments !== undefined && OF_DEPLOYMENT.test(message)))
    .filter(({ message }) => !(isToldByTasks && OF_TASKS.test(message)))
    .map(({ at, since, message, times }) => ({
      at: since,
      ...(times > 1 && { last: at }),
      what: `${plainName(message, 240)}${times > 1 ? ` (${times} times)` : ''}`,
      brief: plainName(message, 60),
      who: { kind: 'aws', name: 'ECS' },
      isBad: TROUBLE.test(message),
      link: eventsLink(ref),
    }))
}

const actionChanges = ({ ref, actions, actionGroup, deployments = [] }: Sources): readonly Change[] => {
  const link: Link | undefined = actionGroup === undefined ? undefined : logLink(ref, actionGroup)
  return actions.filter(isNews).map(action => ({
    at: action.at,
    what: actionText(action),
    brief: plainName(actionText(action), 60),
    who: { kind: 'aws', name: 'ECS' },
    isBad: action.isBad,
    ...(link !== undefined && { link }),
    ...(deployments.some(({ id }) => id === action.deployment) && { cause: action.deployment ?? '' }),
    run: action.name,
  }))
}
