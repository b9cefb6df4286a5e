// /ecs unlock: removes a lock.

import { onePlace } from '../features/services/places.ts'
import { isRefusal, refuse } from '../model/errors.ts'
import { setting } from './command.ts'

export const unlock = setting({
  name: 'unlock',
  summary: 'Remove a lock',
  args: { where: { kind: 'scope' } },
  options: {},
  examples: ['unlock orders-api', 'unlock prod/web'],
  reads: [],
  change: ({ where }, { actor, places, facts }) => {
    const place = onePlace(places, where.text)
    if (isRefusal(place)) return place
    const existing = facts.placeLocks.find(({ name }) => name === place.name)
    if (existing === undefined)
      return refuse(`*${place.name}* is not locked.`, lockedPlaces(facts.placeLocks.map(({ name }) => name)))
    return {
      change: { kind: 'unlock', name: place.name },
      text: `${actor.name} unlocked *${place.name}*; ${existing.by.name} had locked it: ${existing.reason}`,
      place,
    }
  },
})

const lockedPlaces = (names: readonly string[]): string =>
  names.length === 0 ? 'There are no locks.' : `Locked: ${names.map(name => `\`${name}\``).join(', ')}.`
