// Pure: derives signs of problems from what is stored about one service: stopped tasks, notices of ECS, alarms and
// retirements. Signs of the same cause have the same key, even if they are from several services.

import { plainName } from '../../../kit/messages/text.ts'
import type { ServiceRef, StoppedTask } from '../../../model/ecs.ts'
import { takeApart } from '../../status/stop-text.ts'
import { causeOf, type StopCause } from '../../status/why-stopped.ts'
import type { Signal } from '../signals.ts'
import { KIND_OF_STOP, type ProblemKind } from './kinds.ts'
import type { Notice } from './notice.ts'

/** What is stored about one service. Each list is ordered oldest first. */
export type Seen = {
  readonly stops: readonly StoppedTask[]
  readonly notices: readonly Notice[]
  readonly signals: readonly Signal[]
}

export type Cause =
  | { readonly kind: 'service' }
  | { readonly kind: 'registry'; readonly name: string }
  | { readonly kind: 'spot' }
  | { readonly kind: 'capacity'; readonly name: string }
  | { readonly kind: 'zone'; readonly name: string }
  | { readonly kind: 'alarm'; readonly name: string }
  | { readonly kind: 'retirement' }

export type Sighting = {
  readonly key: string
  readonly cause: Cause
  readonly kind: ProblemKind
  /** The time of the sign, ISO 8601. */
  readonly at: string
  /** How much the sign counts towards the threshold of its kind. */
  readonly weight: number
  readonly task?: StoppedTask
  readonly stop?: StopCause
  /** For a notice: what happened in a few words, such as `deployment failed`. */
  readonly words?: string
  readonly detail?: string
  /** Whether the sign counts until an event reports its end, no matter how long ago it began. */
  readonly isLasting?: true
}

export const sightingsOf = (ref: ServiceRef, seen: Seen): readonly Sighting[] =>
  [
    ...seen.stops.flatMap(task => ofStop(ref, task)),
    ...seen.notices.flatMap(notice => ofNotice(ref, notice, seen)),
    ...ofSignals(ref, seen.signals),
  ].toSorted((a, b) => (a.at < b.at ? -1 : 1))

const placeKey = ({ accountId, region }: ServiceRef, what: string): string => `${accountId} ${region} ${what}`
const serviceKey = ({ arn }: ServiceRef): string => `service ${arn}`

const ofStop = (ref: ServiceRef, task: StoppedTask): readonly Sighting[] => {
  const stop = knownCause(ref, task)
  const kind = KIND_OF_STOP[stop.kind]
  if (kind === undefined || (!stop.isFailure && kind !== 'spot' && kind !== 'host')) return []
  const { key, cause } = keyOfStop(ref, task, kind, stop)
  return [{ key, cause, kind, at: task.stoppedAt, weight: 1, task, stop }]
}

const causes = new Map<string, StopCause>()
const MOST_CAUSES = 5_000

/**
 * The cause of a stop, cached because thousands of tasks may stop with the same texts at once. The cache key leaves out
 * the deployment that stopped the task, because it makes no difference for problems.
 */
const knownCause = (ref: ServiceRef, task: StoppedTask): StopCause => {
  const key = JSON.stringify([ref.service, task.stopCode, task.reason, task.containers])
  const known = causes.get(key)
  if (known !== undefined) return known
  if (causes.size >= MOST_CAUSES) causes.clear()
  const cause = causeOf(task, ref.service)
  causes.set(key, cause)
  return cause
}

const keyOfStop = (
  ref: ServiceRef,
  task: StoppedTask,
  kind: ProblemKind,
  stop: StopCause,
): Pick<Sighting, 'key' | 'cause'> => {
  const own = { key: serviceKey(ref), cause: { kind: 'service' } } as const
  if (kind === 'spot') return { key: placeKey(ref, 'spot'), cause: { kind: 'spot' } }
  if (kind === 'placement') return capacityKey(ref, '')
  if (kind === 'host') {
    const name = task.zone || ref.region
    return { key: placeKey(ref, `zone ${name}`), cause: { kind: 'zone', name } }
  }
  // A missing image is a problem of the service, not of the registry.
  if (kind !== 'pull' || stop.kind === 'image') return own
  const name = registryOf(task)
  return name === undefined ? own : { key: placeKey(ref, `registry ${name}`), cause: { kind: 'registry', name } }
}

const capacityKey = (ref: ServiceRef, reason: string): Pick<Sighting, 'key' | 'cause'> => {
  const isOfCluster = /^RESOURCE:(?!FARGATE)/.test(reason)
  const name = isOfCluster ? ref.cluster : ref.region
  return { key: placeKey(ref, `capacity ${name}`), cause: { kind: 'capacity', name } }
}

/** The host of the registry from which the task could not pull. */
const registryOf = ({ reason, containers }: StoppedTask): string | undefined => {
  for (const text of [reason, ...containers.map(one => one.reason ?? '')]) {
    const { image } = takeApart(text)
    if (image === undefined) continue
    const [host = '', ...path] = image.split('/')
    return path.length > 0 && /[.:]/.test(host) ? host.toLowerCase().slice(0, 120) : 'docker.io'
  }
  return undefined
}

const WORDS: Readonly<Partial<Record<Notice['name'], readonly [ProblemKind, number, string]>>> = {
  failed: ['deployment', 1, 'deployment failed'],
  'rolling back': ['deployment', 1, 'deployment rolled back'],
  'rolled back': ['deployment', 1, 'deployment rolled back'],
  impaired: ['crash', 3, 'its tasks repeatedly fail to start'],
  misconfigured: ['start', 2, 'its configuration prevents tasks from starting'],
  unplaced: ['placement', 1, 'no capacity for its tasks'],
}

const ofNotice = (ref: ServiceRef, notice: Notice, { notices }: Seen): readonly Sighting[] => {
  const { name, at, reason, isSpot } = notice
  const found = WORDS[name]
  if (found === undefined) return []
  const [kind, weight, words] = found
  const detail = reason === '' ? {} : { detail: plainName(reason, 150) }
  if (kind === 'placement' && isSpot === true)
    return [{ key: placeKey(ref, 'spot'), cause: { kind: 'spot' }, kind: 'spot', at, weight: 5, words, ...detail }]
  const { key, cause } =
    kind === 'placement' ? capacityKey(ref, reason) : { key: serviceKey(ref), cause: { kind: 'service' } as const }
  // A failed deployment no longer counts after a later deployment, which is not a rollback, was completed.
  if (kind === 'deployment' && isOvercome(notice, notices)) return []
  return [{ key, cause, kind, at, weight, words, ...detail }]
}

const isOvercome = ({ at }: Notice, notices: readonly Notice[]): boolean => {
  const next = notices.find(one => one.name === 'deploying' && one.at > at)
  return next !== undefined && notices.some(one => one.name === 'deployed' && one.at > next.at)
}

const ofSignals = (ref: ServiceRef, signals: readonly Signal[]): readonly Sighting[] => {
  const name = `${ref.cluster}/${ref.service}`
  const own = signals.filter(({ services }) => services.includes(name))
  const latest = new Map(own.map(signal => [`${signal.kind} ${signal.name}`, signal]))
  return [...latest.values()].flatMap((signal): readonly Sighting[] => {
    const { kind, at, reason, due } = signal
    if (kind === 'alarm')
      return signal.state === 'ALARM'
        ? [
            {
              ...{
                key: placeKey(ref, `alarm ${signal.name}`),
                cause: { kind, name: signal.name },
                kind,
                at,
                weight: 1,
              },
              ...{ words: `alarm ${plainName(signal.name, 80)}`, isLasting: true },
              ...(reason !== '' && { detail: plainName(reason, 150) }),
            },
          ]
        : []
    if (/closed/i.test(signal.state)) return []
    return [
      {
        ...{ key: placeKey(ref, `retirement ${due ?? ''}`), cause: { kind }, kind, at, weight: 1, isLasting: true },
        words: `AWS retires tasks${due === undefined ? '' : ` from ${due.slice(0, 10)} on`}`,
      },
    ]
  })
}
