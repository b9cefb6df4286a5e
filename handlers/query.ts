// The query function: answers queries with the requester's viewer role, renders the App Home, and runs log follows
// across invocations.
import { setTimeout as pause } from 'node:timers/promises'
import { runFollow } from '../src/functions/follow/run-follow.ts'
import { answerQuery } from '../src/functions/query/answer-query.ts'
import { showHome } from '../src/functions/query/app-home.ts'
import { checkAudience } from '../src/functions/query/check-audience.ts'
import { tellRateLimit } from '../src/functions/query/tell-rate-limit.ts'
import { createContinueFollow } from '../src/gateways/functions/dispatch.ts'
import { createSchedule } from '../src/gateways/functions/scheduler.ts'
import { createPorts } from '../src/gateways/ports.ts'
import { decodeFollow, decodeJob, kindOf } from '../src/model/ports/job.ts'

const ports = {
  ...createPorts(process.env),
  schedule: createSchedule(process.env),
  continueFollow: createContinueFollow(process.env),
  pause,
}

type Context = { readonly getRemainingTimeInMillis: () => number }

export const handler = (event: unknown, context: Context): Promise<void> => {
  switch (kindOf(event)) {
    case 'home':
      return showHome(decodeJob('home', event), ports)
    case 'audience':
      return checkAudience(decodeJob('audience', event), ports)
    case 'rate-limited':
      return tellRateLimit(ports)
    case 'follow':
      return runFollow(decodeFollow(event), ports, context.getRemainingTimeInMillis())
    default:
      return answerQuery(decodeJob('query', event), ports, context.getRemainingTimeInMillis())
  }
}
