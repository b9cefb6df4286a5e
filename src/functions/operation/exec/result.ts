// The result of one command in one of several tasks, as a row of a table.

import type { Outcome, TaskResult } from '../../../engine/change/outcome.ts'
import type { ExecCall } from '../../../engine/change/plan.ts'
import { cut } from '../../../kit/messages/markup.ts'

const MAX_LINE = 200

export const shortTask = ({ input }: ExecCall): string => String(input['task']).split('/').at(-1)?.slice(0, 8) ?? ''

const placeOf = (call: ExecCall): Pick<TaskResult, 'task' | 'zone'> => ({
  task: shortTask(call),
  zone: call.zone ?? '',
})

export const resultWithout = (call: ExecCall, status: 'waiting' | 'running' | 'not begun'): TaskResult => ({
  ...placeOf(call),
  status,
  line: '',
})

export const resultOf = (call: ExecCall, { status, text, ran, isStopped }: Outcome): TaskResult => ({
  ...placeOf(call),
  status:
    ran?.status === undefined ? (status === 'done' ? 'ended' : isStopped ? 'stopped' : status) : String(ran.status),
  ...(ran !== undefined && { seconds: ran.seconds }),
  line: cut(ran?.status === undefined ? text : ran.line, MAX_LINE),
})
