// The life of one task in world time: PROVISIONING to RUNNING to STOPPED.

import type { Clock } from './clock.ts'
import type { Emitter } from './events.ts'
import { type Ending, endingOf, endingOfCommand, type How, type Knobs } from './failures.ts'
import type { Random } from './random.ts'
import { hasHealthCheck, type Task, type TaskStatus } from './state.ts'

type Parts = {
  readonly clock: Clock
  readonly random: Random
  readonly emitter: Emitter
  readonly knobs: Knobs
  /** Called after every change of a task. */
  readonly changed: (task: Task) => unknown
  /** Called when a task ends without a stop by a person or by the scheduler. */
  readonly failed: (task: Task, ending: Ending) => unknown
}

export type TaskLife = ReturnType<typeof createTaskLife>

/** How long the exec agents take to start, in milliseconds of world time. */
const AGENT_START = 5_000

type Step = { readonly status: TaskStatus; readonly low: number; readonly high: number }

/** A step of a task's life: the next status, after a number of seconds between `low` and `high`. */
const step = (status: TaskStatus, low: number, high: number): Step => ({ status, low, high })

const startSteps = (task: Task): readonly Step[] => {
  const activating = task.revision?.spec.loadBalancers.length ? [step('ACTIVATING', 12, 20)] : []
  if (task.launchType !== 'FARGATE') return [step('PENDING', 0.2, 0.5), ...activating, step('RUNNING', 2, 7)]
  return [
    step('PENDING', 11, 17),
    ...activating,
    step('RUNNING', activating.length ? 2 : 14, activating.length ? 5 : 26),
  ]
}

const stopSteps = ({ lastStatus, launchType, revision }: Task): readonly Step[] => {
  const last =
    launchType === 'FARGATE' ? [step('DEPROVISIONING', 1, 6), step('STOPPED', 4, 12)] : [step('STOPPED', 1, 6)]
  if (lastStatus === 'PROVISIONING') return last
  const deactivating =
    lastStatus === 'RUNNING' && revision?.spec.loadBalancers.length ? [step('DEACTIVATING', 1, 3)] : []
  return [...deactivating, step('STOPPING', 0.5, 2), ...last]
}

const isTransient = (status: TaskStatus) => status === 'DEPROVISIONING' || status === 'STOPPED'

const stamp = (task: Task, status: TaskStatus, now: number) => {
  if (status === 'PENDING') task.pullStartedAt = now
  if (status === 'ACTIVATING' || status === 'RUNNING') task.pullStoppedAt ??= now
  if (status === 'RUNNING') task.startedAt = now
  if (status === 'STOPPING' || isTransient(status)) task.stoppingAt ??= now
  if (isTransient(status)) task.executionStoppedAt ??= now
  if (status === 'STOPPED') task.stoppedAt = now
}

export const createTaskLife = ({ clock, random, emitter, knobs, changed, failed }: Parts) => {
  const later = (task: Task, low: number, high: number, then: () => void) => {
    task.timer?.cancel()
    task.timer = clock.after(random.between(low, high) * 1_000, then)
  }

  const tell = (task: Task) => {
    task.version += 1
    emitter.task(task)
    changed(task)
  }

  /** Starts the exec agents of a task. They start some seconds after the task (seen in the field). */
  const awaitAgents = (task: Task) => {
    task.execAgent = { lastStatus: 'PENDING' }
    clock.after(AGENT_START, () => {
      if (task.execAgent?.lastStatus === 'PENDING') delete task.execAgent
    })
  }

  const enter = (task: Task, status: TaskStatus) => {
    stamp(task, status, clock.now())
    if (status === 'RUNNING' && task.executeCommand) awaitAgents(task)
    task.lastStatus = status
    tell(task)
  }

  const walk = (task: Task, [next, ...rest]: readonly Step[], how: Exclude<How, 'capacity'> | undefined): void => {
    if (!next) return
    later(task, next.low, next.high, () => {
      if (how === 'pull' && next.status !== 'PENDING') return end(task, endingOf('pull', task))
      enter(task, next.status)
      if (next.status === 'RUNNING') live(task, how)
      walk(task, rest, how)
    })
  }

  const live = (task: Task, how: Exclude<How, 'capacity'> | undefined) => {
    const [command] = Object.values(task.commands ?? {})
    if (command !== undefined && how === undefined) {
      const { seconds, ending } = endingOfCommand(command)
      return later(task, seconds, seconds, () => end(task, ending))
    }
    if (how === 'exit1') later(task, 2, 8, () => end(task, endingOf(how, task)))
    else if (how === 'oom') later(task, 10, 30, () => end(task, endingOf(how, task)))
    else if (how === 'health') later(task, 60, 90, () => sicken(task))
    else if (hasHealthCheck(task.definition)) later(task, 10, 25, () => become(task, 'HEALTHY'))
  }

  const become = (task: Task, health: Task['health']) => {
    task.health = health
    tell(task)
  }

  const sicken = (task: Task) => {
    become(task, 'UNHEALTHY')
    end(task, endingOf('health', task))
  }

  /** Ends a task that exits without a request to stop, or that fails because of a simulated failure. */
  const end = (task: Task, ending: Ending) => {
    begin(task, ending)
    if (ending.exitCode !== undefined) task.exitCode = ending.exitCode
    if (ending.containerReason !== undefined) task.containerReason = ending.containerReason
    failed(task, ending)
    walk(task, stopSteps(task), undefined)
  }

  const begin = (task: Task, { stopCode, stoppedReason }: Ending) => {
    task.desiredStatus = 'STOPPED'
    task.stopCode = stopCode
    task.stoppedReason = stoppedReason
    tell(task)
  }

  return {
    start: (task: Task): void => {
      const how = knobs.failureOf(task.service, task.definition)
      const fails = how === 'capacity' ? undefined : how
      task.isDoomed = fails !== undefined
      tell(task)
      walk(task, startSteps(task), fails)
    },
    /** Stops a task on behalf of a person, the scheduler or Spot. `notice`: seconds between the warning and SIGTERM. */
    stop: (task: Task, ending: Ending, notice = 0): void => {
      if (task.desiredStatus === 'STOPPED') return
      const ran = task.startedAt !== undefined
      begin(task, ending)
      if (ran) task.exitCode = ending.exitCode ?? 0
      if (notice === 0) walk(task, stopSteps(task), undefined)
      else later(task, notice, notice, () => walk(task, stopSteps(task), undefined))
    },
    end,
  }
}
