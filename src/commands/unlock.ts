// /ecs unlock: removes a lock.

import { MOST_REASON } from '../engine/rules/place-locks.ts'
import { noPlace } from '../features/services/places.ts'
import { codeText, plainName } from '../kit/messages/text.ts'
import { refuse } from '../model/errors.ts'
import { setting } from './command.ts'

export const unlock = setting({
  name: 'unlock',
  summary: 'Remove a lock',
  args: { where: { kind: 'scope' } },
  options: {},
  examples: ['unlock orders-api', 'unlock prod/web'],
  reads: [],
  right: 'operate',
  change: ({ where }, { actor, place, facts }) => {
    if (place === undefined) return noPlace(where.text)
    const existing = facts.placeLocks.find(({ name }) => name === place.name)
    if (existing === undefined) return refuse(`*${place.name}* is not locked.`, '`/ecs whoami` lists the locks.')
    return {
      change: { kind: 'unlock', name: place.name },
      text: `${plainName(actor.name)} unlocked *${place.name}*; ${plainName(existing.by.name)} had locked it: ${codeText(existing.reason, MOST_REASON)}`,
    }
  },
})
