// /ecs cost snooze: puts the finding of a service off until a time, with the reason.

import { type Snooze, snoozeText } from '../../features/cost/snooze.ts'
import { noPlace } from '../../features/services/places.ts'
import { fullName } from '../../kit/language/target.ts'
import { refuse } from '../../model/errors.ts'
import { setting } from '../command.ts'

const USUAL_MINUTES = 14 * 1_440
const LEAST_MINUTES = 60

export const snoozeCost = setting({
  name: 'cost snooze',
  summary: 'Put the finding of a service off until a time, with the reason; it is shown again when that is over',
  args: { where: { kind: 'scope' } },
  options: {
    for: { kind: 'duration', hint: 'how long, 1h to 30d; 14d if absent' },
    reason: { kind: 'text', hint: 'why it is not fixed until then' },
  },
  examples: ['cost snooze orders-api --for 30d --reason "load test until March"'],
  reads: [],
  right: 'operate',
  change: ({ where, for: minutes = USUAL_MINUTES, reason }, { actor, now, place, index }) => {
    if (place === undefined) return noPlace(where.text)
    const ref = index.find(one => fullName(one) === place.name)
    if (ref === undefined) return refuse(`*${place.name}* is not a service.`, 'Name one service.')
    if (reason === undefined)
      return refuse('A snooze needs a reason.', 'Add `--reason "…"`: it is shown until it is over.', [
        { label: 'Add Reason', invocation: `cost snooze ${place.name}`, asks: true },
      ])
    if (minutes < LEAST_MINUTES) return refuse('A snooze takes at least one hour.', 'For example `--for 14d`.')
    const until = new Date(Date.parse(now) + minutes * 60_000).toISOString()
    const snooze: Snooze = { by: actor, at: now, until, reason }
    return {
      change: { kind: 'snooze finding', service: ref.arn, snooze },
      text: `The finding of *${place.name}* is snoozed ${snoozeText(snooze, now)}.`,
    }
  },
})
