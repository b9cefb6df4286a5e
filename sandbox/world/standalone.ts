// Starts tasks that do not belong to a service, as RunTask does. A task that ends is not replaced.

import type { Engine } from './context.ts'
import { reasonAgainst } from './launching.ts'
import { siteAt } from './making.ts'
import { countLaunch, nextProvider, type Placement } from './placement.ts'
import { launchTypeAt, launchTypeIn } from './providers.ts'
import type { Cluster, Spec, Tags, Task } from './state.ts'

export type NewTasks = {
  readonly spec: Spec
  readonly count: number
  readonly startedBy?: string
  readonly group?: string
  readonly commands?: Readonly<Record<string, readonly string[]>>
  readonly executeCommand: boolean
  readonly tags: Tags
}

export type Started = {
  readonly tasks: readonly Task[]
  /** One text for each task that was not started: the reason. */
  readonly failures: readonly string[]
}

const zoneOf = ({ region }: Cluster, n: number) => `${region}${'abc'.charAt(n % 3)}`

const create = (
  { clock, random }: Engine,
  cluster: Cluster,
  { spec, count: _, ...more }: NewTasks,
  placement: Placement,
): Task => {
  const id = random.hex(32)
  const { isForBase: __, ...placed } = placement
  const task: Task = {
    ...placed,
    ...more,
    id,
    arn: `arn:aws:ecs:${cluster.region}:${cluster.account}:task/${cluster.name}/${id}`,
    cluster,
    definition: spec.taskDefinition,
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    health: 'UNKNOWN',
    isDoomed: false,
    createdAt: clock.now(),
    version: 0,
  }
  cluster.tasks.set(id, task)
  return task
}

/** Starts tasks. The base and weights of a strategy apply to the tasks of this request only. */
export const runTasks = (engine: Engine, cluster: Cluster, input: NewTasks): Started => {
  const { capacityProviders } = siteAt(engine, cluster)
  const { spec, count } = input
  const placed = new Map<string, number>()
  const launches = new Map<string, number>()
  const tasks: Task[] = []
  const failures: string[] = []
  for (let n = 0; n < count; n += 1) {
    const next = nextProvider(spec.capacityProviderStrategy, placed, launches)
    const zone = zoneOf(cluster, n)
    const placement: Placement = next
      ? {
          launchType: launchTypeAt(capacityProviders.get(next.provider)),
          capacityProvider: next.provider,
          isForBase: next.isForBase,
          zone,
        }
      : { launchType: launchTypeIn(capacityProviders, spec), zone }
    if (next) placed.set(next.provider, (placed.get(next.provider) ?? 0) + 1)
    countLaunch(launches, placement)
    const reason = reasonAgainst(engine, { cluster, definition: spec.taskDefinition }, placement)
    if (reason === undefined) tasks.push(create(engine, cluster, input, placement))
    else failures.push(reason)
  }
  for (const task of tasks) engine.life.start(task)
  return { tasks, failures }
}
