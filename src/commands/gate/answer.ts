// What both answers to a gate have in common: their reads, and how far an answer has taken effect.

import type { Call, Plan } from '../../engine/change/plan.ts'
import type { Progress } from '../../engine/change/progress.ts'
import { hookIn, isWaiting } from '../../features/deployments/gates/gate.ts'
import type { Readers } from '../readers.ts'

export const GATE_READS = [
  'ecs:DescribeServices',
  'ecs:DescribeServiceDeployments',
  'ecs:ListServiceDeployments',
  'ecs:DescribeServiceRevisions',
  'ecs:DescribeTaskDefinition',
  'ecs:ListTasks',
  'ecs:DescribeTasks',
  'cloudtrail:LookupEvents',
] as const

const ANSWERED = { CONTINUE: 'SUCCEEDED', ROLLBACK: 'FAILED' } as const

/** Where somebody else gave the other answer, it is not known whether this one arrived. */
export const applied = async (_call: Call, { gate, target }: Plan, read: Readers): Promise<boolean | 'unknown'> => {
  if (gate === undefined) return 'unknown'
  const hook = hookIn(await read.deployment(target, gate.deployment), gate.hookId)
  if (hook === undefined) return 'unknown'
  if (isWaiting(hook)) return false
  return hook.status === ANSWERED[gate.action] ? true : 'unknown'
}

/** An answer is done when the hook is: the deployment goes on for itself, perhaps to the next gate. */
export const settled = async (
  { gate, target }: Plan,
  _since: string,
  _now: string,
  read: Readers,
): Promise<Progress> => {
  if (gate === undefined) return { status: 'done', text: '' }
  const record = await read.deployment(target, gate.deployment)
  const hook = hookIn(record, gate.hookId)
  if (hook !== undefined && isWaiting(hook)) return { status: 'moving', text: 'ECS has not taken the answer yet' }
  if (hook?.status === 'IN_PROGRESS') return { status: 'moving', text: 'ECS takes the answer' }
  if (gate.action === 'ROLLBACK') return { status: 'done', text: 'ECS rolls the deployment back.' }
  if (hook?.status === 'FAILED' || hook?.status === 'TIMED_OUT')
    return { status: 'superseded', text: 'The gate was rolled back or timed out at the same moment.' }
  const waiting = (record?.hooks ?? []).filter(isWaiting).length
  return {
    status: 'done',
    text:
      waiting === 0 ? 'The deployment continues.' : `It waits at ${waiting} more ${waiting === 1 ? 'gate' : 'gates'}.`,
  }
}
