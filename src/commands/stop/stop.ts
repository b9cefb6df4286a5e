// /ecs stop: stops one task. A service starts another one.

import { mutation } from '../command.ts'
import { loadStop, type Stopping } from './load.ts'
import { planStopTask } from './plan.ts'
import { progressOfStop } from './progress.ts'

export const stop = mutation({
  name: 'stop',
  summary: 'Stop one task, by its id; its service starts another',
  args: { service: { kind: 'service' } },
  options: { task: { kind: 'task', hint: 'task id, or the beginning of it' } },
  examples: ['stop orders-api/3f2a91c0 --reason "hangs since 14:05"', 'stop 3f2a91c0b7d64c1e9a52d18e6f04c3ab'],
  reads: ['ecs:DescribeServices', 'ecs:ListTasks', 'ecs:DescribeTasks', 'ecs:GetTaskProtection'],
  writes: ['ecs:StopTask'],
  load: ({ service, task }, read, asker) => loadStop(service, task, read, asker),
  plan: (_, state: Stopping) => planStopTask(state),

  // A second call would be lost on a task that stops, but the reason that ECS keeps is that of the first.
  applied: async (_call, plan, read) => {
    const task = await read.task(plan.target, String(plan.binds['task']))
    return task === undefined ? 'unknown' : task.desired === 'STOPPED'
  },

  settled: progressOfStop,
})
