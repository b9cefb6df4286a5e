// /ecs lock: blocks changes to a place, until a time or until it is unlocked.

import { placeLockText } from '../engine/rules/place-locks.ts'
import type { PlaceLock } from '../engine/rules/rule-inputs.ts'
import { noPlace } from '../features/services/places.ts'
import { printWord } from '../kit/language/tokenise.ts'
import { refuse } from '../model/errors.ts'
import { setting } from './command.ts'

export const lock = setting({
  name: 'lock',
  summary: 'Block changes to a service, a cluster or an account',
  args: { where: { kind: 'scope' } },
  options: {
    reason: { kind: 'text', hint: 'reason, shown to everyone whose change is refused' },
    for: { kind: 'duration', hint: 'how long, for example 2h; default until unlocked' },
  },
  examples: ['lock orders-api --reason "migration" --for 2h', 'lock prod/web --reason "incident 812"'],
  reads: [],
  right: 'operate',
  change: ({ where, reason, for: minutes }, { actor, now, place, facts }) => {
    if (reason === undefined)
      return refuse('A lock needs a reason.', 'Add `--reason "…"`; everyone whose change is refused sees it.', [
        { label: 'Add Reason', invocation: `lock ${printWord(where.text)}`, asks: true },
      ])
    if (place === undefined) return noPlace(where.text)
    const existing = facts.placeLocks.find(({ name }) => name === place.name)
    if (existing !== undefined) return refuse(placeLockText(existing), 'Unlock it first.')
    const until = minutes === undefined ? undefined : new Date(Date.parse(now) + minutes * 60_000).toISOString()
    const hold: PlaceLock = {
      scope: place.scope,
      name: place.name,
      by: actor,
      reason,
      ...(until !== undefined && { until }),
    }
    return { change: { kind: 'lock', hold }, text: placeLockText(hold) }
  },
})
