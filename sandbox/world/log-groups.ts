// Log groups and log streams. Each group that a task definition names exists, with one stream for each container. Tasks
// are removed an hour after they stop, but their log lines are kept.

import type { LogConfiguration } from '@aws-sdk/client-ecs'
import type { Fleet } from './fleet.ts'
import type { Place } from './place.ts'
import type { Task, TaskDefinition } from './state.ts'
import { runtimeIdOf } from './task-view.ts'

/**
 * The retention period in days. It must be one of the values in the CloudWatch Logs API reference, PutRetentionPolicy.
 */
const RETENTION_DAYS = 14

export type LogEvent = {
  readonly at: number
  readonly ingestedAt: number
  readonly message: string
  readonly stream: string
  /** The id of the event: 56 digits, which sort in event order. */
  readonly id: string
}

export type LogStream = {
  readonly name: string
  readonly createdAt: number
  readonly task?: Task
  readonly container?: string
  /** The lines that tests or the World panel added, by minute. */
  readonly added: Map<number, LogEvent[]>
}

export type LogGroup = Place & {
  readonly name: string
  readonly arn: string
  readonly createdAt: number
  /** The retention period in days. If absent, lines are kept forever. */
  readonly retentionInDays?: number
  /** The number of lines per minute that each container of the group writes. */
  perMinute: number
  readonly streams: Map<string, LogStream>
}

const keyOf = ({ account, region }: Place, name: string) => `${account}/${region}/${name}`

/** When the containers of a task started to run, which is when their images were pulled. */
export const runningSince = ({ pullStoppedAt, startedAt }: Task): number | undefined => pullStoppedAt ?? startedAt

type Destination = {
  readonly place: Place
  readonly group: string
  readonly prefix: string | undefined
  /**
   * Whether the awslogs driver creates the group. Such a group has no retention period (ECS developer guide,
   * awslogs-create-group).
   */
  readonly isMadeByDriver: boolean
}

/** The log group and stream prefix of the awslogs driver; undefined for other drivers. */
const destinationOf = (
  configuration: LogConfiguration | undefined,
  { account, region }: TaskDefinition,
): Destination | undefined => {
  const options = configuration?.options ?? {}
  const group = options['awslogs-group']
  if (configuration?.logDriver !== 'awslogs' || group === undefined) return undefined
  const place = { account, region: options['awslogs-region'] ?? region }
  return {
    place,
    group,
    prefix: options['awslogs-stream-prefix'],
    isMadeByDriver: options['awslogs-create-group'] === 'true',
  }
}

export const addStream = (group: LogGroup, made: Omit<LogStream, 'added'>): LogStream => {
  const stream = group.streams.get(made.name) ?? { ...made, added: new Map() }
  group.streams.set(made.name, stream)
  return stream
}

export const createLogGroups = (fleet: Fleet) => {
  const groups = new Map<string, LogGroup>()
  const removed = new Set<string>()
  const known = new WeakSet<Task>()

  const ensure = (place: Place, name: string, createdAt: number, isEndless = false): LogGroup => {
    const { account, region } = place
    const arn = `arn:aws:logs:${region}:${account}:log-group:${name}`
    const retention = isEndless ? {} : { retentionInDays: RETENTION_DAYS }
    const fresh = { account, region, name, arn, createdAt, ...retention, perMinute: 6 }
    const group = groups.get(keyOf(place, name)) ?? { ...fresh, streams: new Map() }
    groups.set(keyOf(place, name), group)
    return group
  }

  /** The log groups of a task definition, each with its container. Deleted groups are left out. */
  const groupsOf = (definition: TaskDefinition) =>
    (definition.input.containerDefinitions ?? []).flatMap(({ name = '', logConfiguration }, index) => {
      const to = destinationOf(logConfiguration, definition)
      if (to === undefined || removed.has(keyOf(to.place, to.group))) return []
      const group = ensure(to.place, to.group, definition.registeredAt, to.isMadeByDriver)
      return [{ container: name, index, prefix: to.prefix, group }]
    })

  const learn = (task: Task): void => {
    const createdAt = runningSince(task)
    if (known.has(task) || createdAt === undefined) return
    known.add(task)
    for (const { container, index, prefix, group } of groupsOf(task.definition)) {
      // Without a prefix, the stream has the container id of Docker as its name (ECS developer guide, awslogs).
      const name = prefix === undefined ? runtimeIdOf(task, index) : `${prefix}/${container}/${task.id}`
      addStream(group, { name, createdAt, task, container })
    }
  }

  const refresh = (account: string): void => {
    for (const site of fleet.sites.values()) {
      if (site.account !== account) continue
      for (const definition of [...site.taskDefinitions.values()].flat()) groupsOf(definition)
      for (const { tasks } of site.clusters.values()) for (const task of tasks.values()) learn(task)
    }
  }

  fleet.onChange(service => {
    for (const task of service.tasks) learn(task)
  })

  return {
    /** The log groups of an account and region, ordered by name. */
    list: (place: Place): readonly LogGroup[] => {
      refresh(place.account)
      return [...groups.values()]
        .filter(({ account, region }) => account === place.account && region === place.region)
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    },
    find: (place: Place, name: string): LogGroup | undefined => {
      refresh(place.account)
      return groups.get(keyOf(place, name))
    },
    create: (place: Place, name: string): LogGroup => {
      removed.delete(keyOf(place, name))
      return ensure(place, name, fleet.clock.now())
    },
    /** Deletes a log group and its streams, even if a task definition names the group. */
    remove: (place: Place, name: string): void => {
      removed.add(keyOf(place, name))
      groups.delete(keyOf(place, name))
    },
  }
}
