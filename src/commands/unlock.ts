// /ecs unlock: takes a lock away.

import { onePlace } from '../features/services/places.ts'
import { isRefusal, refuse } from '../model/errors.ts'
import { setting } from './command.ts'

export const unlock = setting({
  name: 'unlock',
  summary: 'Take a lock away',
  args: { where: { kind: 'scope' } },
  options: {},
  examples: ['unlock orders-api', 'unlock prod/web'],
  reads: [],
  change: ({ where }, { actor, places, facts }) => {
    const place = onePlace(places, where.text)
    if (isRefusal(place)) return place
    const held = facts.placeLocks.find(({ name }) => name === place.name)
    if (held === undefined)
      return refuse(`*${place.name}* is not locked.`, locks(facts.placeLocks.map(({ name }) => name)))
    return {
      change: { kind: 'unlock', name: place.name },
      text: `*${place.name}* is unlocked by ${actor.name}; ${held.by.name} had locked it: ${held.reason}`,
      place,
    }
  },
})

const locks = (names: readonly string[]): string =>
  names.length === 0 ? 'Nothing is.' : `Locked: ${names.map(name => `\`${name}\``).join(', ')}.`
