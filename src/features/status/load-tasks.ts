// Loads /ecs tasks: running tasks, and stopped tasks from ECS (of the last hour) and from stored events (of some days).

import type { Asker } from '../../engine/rules/asker.ts'
import { fullName } from '../../kit/language/target.ts'
import type { ServiceRef, StoppedTask } from '../../model/ecs.ts'
import { type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import type { RunningTask, RunningTasks } from '../../model/service-detail.ts'
import { listKept } from '../logs/redaction.ts'
import type { ServiceReads } from '../services/reads.ts'
import { imagesOnFargate, type LoadedImage, type Starting } from './image-loading.ts'
import type { StatusReads } from './reads.ts'
import { stopsOf } from './stopped-tasks.ts'
import { causeOf, type StopCause } from './why-stopped.ts'

type Reads = Pick<ServiceReads, 'service'> & Pick<StatusReads, 'runningTasks' | 'stoppedTasks' | 'imageLoading'>

/** The maximum number of stopped tasks that are read, newest first. */
const MOST_STOPS = 100

export type Tasks = {
  readonly ref: ServiceRef
  readonly running: RunningTasks
  /** The stopped tasks, newest first. */
  readonly stopped: readonly StoppedTask[]
  /** Whether there may be older stopped tasks that were not read. */
  readonly hasMore: boolean
  /** Whether the store could not be read, so that only stopped tasks of the last hour are included. */
  readonly isLastHour: boolean
  /** Some of the images that run on Fargate. */
  readonly images: readonly LoadedImage[]
  /** The reads that failed, with the reason. */
  readonly unread: readonly string[]
  readonly now: string
}

export const loadTasks = async (
  ref: ServiceRef,
  read: Reads,
  { store, facts, config }: Pick<Asker, 'store' | 'facts' | 'config'>,
): Promise<Tasks | Refusal> => {
  const [service, running, recent, kept] = await Promise.all([
    read.service(ref),
    read.runningTasks(ref),
    read.stoppedTasks(ref),
    listKept<StoppedTask>(stopsOf(ref.arn), { newestFirst: true, limit: MOST_STOPS }, { store, config }).catch(
      () => undefined,
    ),
  ])
  if (service === undefined) return refuse(`*${fullName(ref)}* no longer exists.`)
  const unread: string[] = []
  const stopped = merge(recent, kept?.map(({ value }) => value) ?? [])
  const images = await Promise.all(
    imagesOnFargate(running.tasks).map(async one => {
      const loading = await read.imageLoading(one).catch((error: unknown) => {
        if (!(error instanceof RemoteError)) throw error
        unread.push(error.message)
        return undefined
      })
      return loading === undefined ? [] : [{ container: one.container, ...loading }]
    }),
  )
  return {
    ref,
    running,
    images: images.flat(),
    unread,
    stopped: stopped.slice(0, MOST_STOPS),
    hasMore: kept?.length === MOST_STOPS || stopped.length > MOST_STOPS,
    isLastHour: kept === undefined,
    now: facts.now,
  }
}

/**
 * Merges stopped tasks from both sources. ECS also returns tasks that are still stopping; they have no end time and
 * come first.
 */
const merge = (recent: readonly StoppedTask[], kept: readonly StoppedTask[]): readonly StoppedTask[] => {
  const byId = new Map([...kept, ...recent].map(task => [task.id, task]))
  const endOf = ({ stoppedAt }: StoppedTask): string => stoppedAt || '9'
  return [...byId.values()].toSorted((a, b) => (endOf(a) < endOf(b) ? 1 : -1))
}

/** Tasks that stopped for the same reason, newest first. */
export type StopGroup = { readonly cause: StopCause; readonly tasks: readonly [StoppedTask, ...StoppedTask[]] }

/**
 * Groups stopped tasks by reason: first those that failed. `stopped`: newest first. Each task that is still stopping is
 * a group of its own.
 */
export const groupStops = (stopped: readonly StoppedTask[]): readonly StopGroup[] => {
  const groups = new Map<string, { cause: StopCause; tasks: [StoppedTask, ...StoppedTask[]] }>()
  for (const task of stopped) {
    const cause = causeOf(task)
    const key = task.stoppedAt === '' ? task.id : cause.text
    const known = groups.get(key)
    if (known === undefined) groups.set(key, { cause, tasks: [task] })
    else known.tasks.push(task)
  }
  return [...groups.values()].toSorted((a, b) => Number(b.cause.isFailure) - Number(a.cause.isFailure))
}

/** The median time from creation to RUNNING, and the image pull's part of it; undefined if no times are known. */
export const startingOf = (
  tasks: readonly Pick<RunningTask, 'createdAt' | 'startedAt' | 'pull'>[],
): Starting | undefined => {
  const spans = tasks.flatMap(({ createdAt, startedAt, pull }) => {
    const start = startedAt === undefined ? 0 : seconds(createdAt, startedAt)
    return pull === undefined || !(start > 0) || !(seconds(pull.from, pull.until) >= 0)
      ? []
      : [{ start, pull: seconds(pull.from, pull.until) }]
  })
  if (spans.length === 0) return undefined
  return {
    start: median(spans.map(({ start }) => start)),
    pull: median(spans.map(({ pull }) => pull)),
    tasks: spans.length,
  }
}

const seconds = (from: string, until: string): number => (Date.parse(until) - Date.parse(from)) / 1_000

const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2
}
