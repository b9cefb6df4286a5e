// /ecs lock: nobody changes this for a while, or until it is unlocked.

import { placeLockText } from '../engine/rules/place-locks.ts'
import type { PlaceLock } from '../engine/rules/rule-inputs.ts'
import { onePlace } from '../features/services/places.ts'
import { isRefusal, refuse } from '../model/errors.ts'
import { setting } from './command.ts'

export const lock = setting({
  name: 'lock',
  summary: 'Let nobody change a service, a cluster or an account',
  args: { where: { kind: 'scope' } },
  options: {
    reason: { kind: 'text', hint: 'why; everyone who is refused reads it' },
    for: { kind: 'duration', hint: 'until when, for example 2h; for good without it' },
  },
  examples: ['lock orders-api --reason "migration" --for 2h', 'lock prod/web --reason "incident 812"'],
  reads: [],
  change: ({ where, reason, for: minutes }, { actor, now, places, facts }) => {
    if (reason === undefined)
      return refuse('A lock needs a reason.', 'Add `--reason "…"`: everyone who is refused reads it.')
    const place = onePlace(places, where.text)
    if (isRefusal(place)) return place
    const held = facts.placeLocks.find(({ name }) => name === place.name)
    if (held !== undefined) return refuse(placeLockText(held), 'Unlock it first.')
    const until = minutes === undefined ? undefined : new Date(Date.parse(now) + minutes * 60_000).toISOString()
    const hold: PlaceLock = {
      scope: place.scope,
      name: place.name,
      by: actor,
      reason,
      ...(until !== undefined && { until }),
    }
    return { change: { kind: 'lock', hold }, text: placeLockText(hold), place }
  },
})
