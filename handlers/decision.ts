// The decision function: handles votes and settings. It has reserved concurrency, so that approving and halting always
// work.
import { askRequester } from '../src/functions/decision/ask-requester.ts'
import { changeSetting } from '../src/functions/decision/change-setting.ts'
import { decide } from '../src/functions/decision/decide.ts'
import { openCard } from '../src/functions/decision/open-card.ts'
import { createLookAtIncident, createWake } from '../src/gateways/functions/dispatch.ts'
import { createSchedule } from '../src/gateways/functions/scheduler.ts'
import { createPorts } from '../src/gateways/ports.ts'
import { decodeJob, kindOf } from '../src/model/ports/job.ts'

const ports = {
  ...createPorts(process.env),
  wake: createWake(process.env),
  schedule: createSchedule(process.env),
  lookAtIncident: createLookAtIncident(process.env),
}

export const handler = (event: unknown): Promise<void> => {
  switch (kindOf(event)) {
    case 'setting':
      return changeSetting(decodeJob('setting', event), ports)
    case 'ask':
      return askRequester(decodeJob('ask', event), ports)
    case 'card':
      return openCard(decodeJob('card', event), ports)
    default:
      return decide(decodeJob('decision', event), ports)
  }
}
