// The schedule function: refreshes the service index, posts the digest and reminders, and watches operations and log
// follows.

import { setTimeout as pause } from 'node:timers/promises'
import { runScheduled } from '../src/functions/schedule/run-scheduled.ts'
import { createContinueFollow, createDispatch, createWake } from '../src/gateways/functions/dispatch.ts'
import { createExecutionStatus } from '../src/gateways/functions/executions.ts'
import { createSchedule } from '../src/gateways/functions/scheduler.ts'
import { createPagerDuty } from '../src/gateways/on-call/pagerduty.ts'
import { createParameters } from '../src/gateways/parameters.ts'
import { createPorts } from '../src/gateways/ports.ts'
import { decodeScheduled } from '../src/model/ports/job.ts'

const ports = {
  ...createPorts(process.env),
  wake: createWake(process.env),
  continueFollow: createContinueFollow(process.env),
  startOperation: createDispatch(process.env).operation,
  schedule: createSchedule(process.env),
  executionStatus: createExecutionStatus(process.env),
  pagerDuty: createPagerDuty(createParameters(process.env).pagerDutyToken, process.env),
  pause,
}

export const handler = (event: unknown): Promise<void> => runScheduled(decodeScheduled(event), ports)
