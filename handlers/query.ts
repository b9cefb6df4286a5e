// Reads for a person, on that person's viewer role; a follow goes on for minutes, from one invocation to the next.
import { setTimeout as pause } from 'node:timers/promises'
import { holdFollow } from '../src/following.ts'
import { createGoOn } from '../src/gateways/dispatch.ts'
import { createPorts } from '../src/gateways/peers.ts'
import { createSchedule } from '../src/gateways/scheduler.ts'
import { decodeFollow, decodeJob, kindOf } from '../src/job.ts'
import { answerQuery } from '../src/query.ts'

const ports = {
  ...createPorts(process.env),
  schedule: createSchedule(process.env),
  goOn: createGoOn(process.env),
  pause,
}

type Context = { readonly getRemainingTimeInMillis: () => number }

export const handler = (event: unknown, context: Context): Promise<void> =>
  kindOf(event) === 'follow'
    ? holdFollow(decodeFollow(event), ports, context.getRemainingTimeInMillis())
    : answerQuery(decodeJob('query', event), ports, context.getRemainingTimeInMillis())
