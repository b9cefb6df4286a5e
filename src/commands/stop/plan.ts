// Pure: plans the stop of one task, and says what replaces it.

import { CANNOT_BE_UNDONE, cardLine } from '../../engine/cards/card-line.ts'
import type { Line, NewPlan } from '../../engine/change/plan.ts'
import { riskOfStoppedTask } from '../../engine/change/risk.ts'
import { deploymentInProgress } from '../../features/deployments/in-progress.ts'
import { fullName } from '../../kit/language/target.ts'
import { timeMark } from '../../kit/messages/markup.ts'
import { shortName } from '../../kit/messages/text.ts'
import { tasks } from '../../model/scaling-words.ts'
import { SHORT_ID, type Stopping } from './load.ts'

export const planStopTask = (state: Stopping): NewPlan => {
  const { service, task, isStandalone, protectedUntil, reason } = state
  const { ref } = service
  const short = task.id.slice(0, SHORT_ID)
  return {
    kind: 'plan',
    command: 'stop',
    invocation: `stop ${fullName(ref)} --task ${task.id}`,
    target: ref,
    ...(isStandalone && { isOfCluster: true }),
    isUnlocked: true,
    title: isStandalone
      ? `Stop the standalone task *${short}* of *${shortName(task.taskDefinition ?? '')}*`
      : `Stop task *${short}* of *${ref.service}*`,
    changes: [{ what: `Task \`${task.id}\``, from: task.status.toLowerCase(), to: 'stopped' }],
    risk: riskOfStoppedTask({
      running: service.running,
      isStandalone,
      isProtected: protectedUntil !== undefined,
    }),
    size: 1,
    tasks: isStandalone ? 0 : service.desired,
    losses: lossesOf(state),
    undo: isStandalone ? CANNOT_BE_UNDONE : 'nothing to take back: ECS starts another',
    consequences: [
      'ECS sends SIGTERM, and SIGKILL after `stopTimeout`; behind a load balancer, the task drains first.',
      `ECS keeps the reason with the task: “${reason.replace(/[*`\n]/g, '')}”.`,
    ],
    offers: [],
    calls: [
      {
        service: 'ecs',
        action: 'StopTask',
        input: { cluster: ref.cluster, task: task.arn, reason },
        resources: [task.arn],
        repeatable: false,
      },
    ],
    binds: {
      ...(!isStandalone && { createdAt: service.createdAt }),
      task: task.id,
      'task definition': task.taskDefinition ?? '',
    },
    drifts: { 'running tasks': service.running },
  }
}

const lossesOf = (state: Stopping): readonly Line[] => {
  const { service, task, isStandalone, protectedUntil } = state
  if (isStandalone) return ['Nothing replaces it: no service owns it', 'What it does is cut off']
  const deploying = deploymentInProgress(service)
  const isOld = deploying !== undefined && deploying.taskDefinition !== task.taskDefinition
  return [
    replacementLoss(state),
    ...(protectedUntil === undefined
      ? []
      : [cardLine(`Protected from scale-in until ${timeMark(protectedUntil)}; stops anyway`)]),
    ...(isOld
      ? [cardLine(`A deployment is in progress: \`${shortName(deploying.taskDefinition)}\` may replace it`)]
      : []),
  ]
}

const replacementLoss = ({ service: { scheduling, running, desired } }: Stopping): Line => {
  if (scheduling === 'DAEMON') return 'Its instance runs none until ECS starts another there'
  if (running > desired)
    return `1 of ${tasks(running)} stops; ECS starts no other, ${desired} ${desired === 1 ? 'is' : 'are'} wanted`
  return running <= 1
    ? 'The only task stops; none runs until ECS starts another'
    : `1 of ${tasks(running)} stops; ECS starts another`
}
