// Pure: how ECS replaces the tasks of a service, and which services it cannot replace. ECS rounds the minimum of healthy
// tasks up and the maximum of tasks down. Source: ECS API reference, DeploymentConfiguration.

import type { Line, Risk } from '../../engine/change/plan.ts'
import { replacedText, replacementRisk } from '../../engine/change/risk.ts'
import { fullName } from '../../kit/language/target.ts'
import type { Service } from '../../model/ecs.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import { tasks } from '../../model/scaling-words.ts'
import { type Preempted, refuseInProgress } from './in-progress.ts'

/** The line on the card of every plan that replaces tasks. */
export const REPLACEMENT =
  'ECS starts new tasks first, as far as the deployment settings allow, and then stops the old ones.'

type Settings = Pick<Service, 'desired' | 'leastHealthy' | 'mostPercent' | 'scheduling'>

/** The tasks that stay up, and the tasks that may run at once, during a deployment. */
export const deploymentRoom = ({ desired, leastHealthy = 100, mostPercent = 200 }: Omit<Settings, 'scheduling'>) => ({
  least: Math.ceil((desired * leastHealthy) / 100),
  most: Math.floor((desired * mostPercent) / 100),
})

/** Whether a rolling deployment can neither start a task nor stop one: it never ends. */
export const isStuck = (service: Settings): boolean => {
  const { least, most } = deploymentRoom(service)
  return service.desired > 0 && service.scheduling === 'REPLICA' && least >= service.desired && most <= service.desired
}

/** The percentages as ECS names them: `minimumHealthyPercent 50, maximumPercent 150`. */
export const percentText = ({ leastHealthy = 100, mostPercent = 200 }: Settings): string =>
  `minimumHealthyPercent ${leastHealthy}, maximumPercent ${mostPercent}`

/** The smallest count above `desired` at which a deployment can move, up to 100 tasks; undefined if there is none. */
export const countThatMoves = (service: Settings): number | undefined =>
  Array.from({ length: 100 }, (_, at) => service.desired + 1 + at).find(desired => !isStuck({ ...service, desired }))

/** Whether all old tasks may stop before a new one starts. */
export const stopsFirst = (service: Settings): boolean => {
  const { least, most } = deploymentRoom(service)
  return service.desired > 0 && least === 0 && (service.scheduling === 'DAEMON' || most <= service.desired)
}

/** What a deployment replaces, as a line of `losses`. */
export const replacedLoss = (service: Settings): string => {
  const { desired, scheduling } = service
  if (scheduling === 'DAEMON') return 'Each instance stops its task before the new one starts'
  if (desired === 0) return 'No task runs, so none is replaced'
  const kept = deploymentRoom(service).least
  if (desired === 1 && stopsFirst(service)) return 'The only task stops before the new one starts'
  const replaced = desired === 1 ? 'Replaces the only task' : `Replaces all ${desired} tasks`
  if (kept >= desired) return `${replaced}, ${desired === 1 ? 'a new one' : 'new ones'} first`
  return kept === 0
    ? `${replaced}; at times none may run`
    : `${replaced}; at least ${kept} ${kept === 1 ? 'stays' : 'stay'} up`
}

/** Whether at times no task may run during a deployment. */
export const mayRunNone = (service: Settings): boolean =>
  service.desired > 0 && service.scheduling !== 'DAEMON' && deploymentRoom(service).least === 0

/** The lines of a deployment: first what it replaces, if at times no task may run, else first `lines`. */
export const withReplacedLoss = (service: Settings, lines: readonly Line[]): readonly Line[] => {
  return mayRunNone(service) ? [replacedLoss(service), ...lines] : [...lines, replacedLoss(service)]
}

/** The risk of a deployment that replaces all tasks. */
export const riskOfReplacement = (service: Settings, ...reasons: readonly string[]): Risk => {
  const { desired, scheduling } = service
  const risk = replacementRisk(replacedText(desired), ...reasons)
  if (scheduling === 'DAEMON' || !stopsFirst(service)) return risk
  const none =
    desired === 1 ? 'The only task stops before the new one starts' : 'All tasks may stop before a new one starts'
  return { level: 'high', reasons: [none, ...reasons] }
}

const OTHERS = {
  CODE_DEPLOY: {
    why: 'CodeDeploy deploys it, and ECS refuses other deployments',
    next: 'Start a deployment in CodeDeploy: it replaces the tasks.',
  },
  EXTERNAL: {
    why: 'an external controller deploys it with task sets, and ECS refuses other deployments',
    next: 'Deploy it where its task sets come from.',
  },
} as const

const otherOf = (controller: Exclude<Service['controller'], 'ECS'>) =>
  OTHERS[controller] ?? {
    why: 'ECS names a deployment controller that Quarterdeck does not know',
    next: 'Deploy it where it is managed.',
  }

/** The refusal of a service that ECS does not deploy. `what`: the participle, such as `restarted`. */
export const refuseController = ({ ref, status, controller }: Service, what: string): Refusal | undefined => {
  const name = `*${ref.service}*`
  if (status !== 'ACTIVE') return refuse(`${name} is ${status.toLowerCase()}: it cannot be ${what}.`)
  return controller === 'ECS'
    ? undefined
    : refuse(`${name} cannot be ${what} here: ${otherOf(controller).why}.`, otherOf(controller).next)
}

/** The refusal of a rolling deployment that would never end. */
export const refuseStuck = (service: Service, what: string): Refusal | undefined => {
  if (!isStuck(service)) return undefined
  const { ref, desired } = service
  const count = countThatMoves(service)
  return refuse(
    `*${ref.service}* cannot be ${what}: with ${percentText(service)}, ECS can neither start nor stop ${desired === 1 ? 'its only task' : `one of its ${desired} tasks`}.`,
    'Change one of the percentages, or scale it first.',
    count === undefined ? [] : [{ label: `Scale to ${count}`, invocation: `scale ${fullName(ref)} ${count}` }],
  )
}

/**
 * The refusal of a change that forces a deployment; undefined if ECS can make it and no other deployment is in progress.
 * `preempted`: the deployment that it stops after all.
 */
export const refuseDeployment = (service: Service, what: string, preempted?: Preempted): Refusal | undefined =>
  refuseController(service, what) ?? refuseStuck(service, what) ?? refuseInProgress(service, what, preempted)

/** A line of `losses` for a count at which deployments cannot move. */
export const stuckLosses = (service: Settings, count: number): readonly string[] =>
  isStuck({ ...service, desired: count }) && !isStuck(service)
    ? [`No deployment can move at ${tasks(count)} (${service.leastHealthy}/${service.mostPercent} %)`]
    : []

/** A line of `losses` for a change of the count while CodeDeploy moves traffic from one task set to another. */
export const shiftLosses = ({ controller, taskSets = 0 }: Service): readonly string[] =>
  controller === 'CODE_DEPLOY' && taskSets > 1 ? ['CodeDeploy is moving traffic to new tasks now'] : []
