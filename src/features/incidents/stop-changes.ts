// Pure: converts stopped tasks of a service to changes: failures, Spot interruptions, lost hosts, and stops by people.
// Tasks that a deployment or a scale-in stopped are left out, because the deployment or the scale-in is itself listed
// as a change.

import type { ServiceRef, StoppedTask } from '../../model/ecs.ts'
import { tasks } from '../../model/scaling-words.ts'
import { shortCause } from '../status/common-cause.ts'
import type { StopKind } from '../status/stop-rules.ts'
import { causeOf, type StopCause } from '../status/why-stopped.ts'
import { type Change, NOBODY, type Who } from './change.ts'
import { tasksLink } from './console-links.ts'
import type { CallAtAws } from './reads.ts'

/**
 * `causeOfTask`: returns the id of the deployment in which a task started; undefined if the deployment is not known.
 */
type With = {
  readonly ref: ServiceRef
  readonly calls: readonly CallAtAws[]
  readonly causeOfTask: (task: StoppedTask) => string | undefined
}

type Group = {
  readonly cause: StopCause
  readonly who: Who
  readonly deployment: string | undefined
  readonly times: string[]
}

export const stopChanges = (stopped: readonly StoppedTask[], context: With): readonly Change[] => {
  const groups = new Map<string, Group>()
  for (const task of stopped) {
    const cause = causeOf(task)
    if (isConsequence(cause)) continue
    const who = whoStopped(task, cause, context.calls)
    const deployment = cause.isFailure ? context.causeOfTask(task) : undefined
    const key = JSON.stringify([cause.text, who, deployment])
    const known = groups.get(key)
    const at = task.stoppedAt || task.createdAt
    if (known === undefined) groups.set(key, { cause, who, deployment, times: [at] })
    else known.times.push(at)
  }
  return [...groups.values()].map(group => changeOf(group, context.ref))
}

const isConsequence = ({ kind }: StopCause): boolean => kind === 'scaled-in' || kind === 'deployed'

/**
 * Who stopped a task. ECS does not name the person who stopped a task, so the person is taken from CloudTrail's
 * StopTask call for this task.
 */
const whoStopped = ({ id }: StoppedTask, { kind }: StopCause, calls: readonly CallAtAws[]): Who => {
  if (kind === 'spot' || kind === 'host') return { kind: 'aws', name: kind === 'spot' ? 'Fargate Spot' : 'AWS' }
  if (kind === 'unknown') return NOBODY
  if (kind !== 'stopped-by') return { kind: 'aws', name: 'ECS' }
  const call = calls.find(({ action, request }) => action === 'StopTask' && idIn(request['task']) === id)
  return call === undefined ? NOBODY : { kind: 'caller', name: call.by }
}

const idIn = (task: unknown): string => (typeof task === 'string' ? (task.split('/').at(-1) ?? '') : '')

const changeOf = ({ cause, who, deployment, times }: Group, ref: ServiceRef): Change => {
  const sorted = times.toSorted()
  const [first = ''] = sorted
  const count = tasks(times.length)
  return {
    at: first,
    ...(times.length > 1 && { last: sorted.at(-1) ?? first }),
    what: `${count}: ${shortCause(cause)}`,
    brief: `${count} ${briefOf(cause)}`,
    who,
    isBad: cause.isFailure,
    link: tasksLink(ref),
    ...(deployment !== undefined && { cause: deployment }),
  }
}

const BRIEF: Readonly<Partial<Record<StopKind, string>>> = {
  image: 'without image',
  'pull-rights': 'cannot pull',
  'rate-limit': 'cannot pull: rate limit',
  memory: 'out of memory',
  disk: 'out of disk space',
  health: 'failed health checks',
  'load-balancer': 'failed target health checks',
  placement: 'without capacity',
  spot: 'interrupted by Spot',
  secret: 'cannot read a secret',
  network: 'without network',
  host: 'lost their host',
  'stopped-by': 'stopped by someone',
}

const briefOf = ({ kind, exitCode, isFailure }: StopCause): string =>
  BRIEF[kind] ?? (exitCode === undefined ? (isFailure ? 'failed' : 'stopped') : `exited with ${exitCode}`)
