// Who may change a setting, and the place that its line names.

import type { AnySetting, SettingChange, SettingRight } from '../../commands/command.ts'
import type { Ports } from '../../commands/ports.ts'
import type { Asker } from '../../engine/rules/asker.ts'
import { mayOperateAt, mayResume, maySeePlace } from '../../engine/rules/place-access.ts'
import type { Halt } from '../../engine/rules/rule-inputs.ts'
import { type ChannelDefaults, isDirectMessage } from '../../features/services/channel-defaults.ts'
import { onePlace, placeOf, resolveScope } from '../../features/services/places.ts'
import type { Place, PlaceText } from '../../kit/language/place.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { Refusal } from '../../model/errors.ts'

export const placeOfText = (
  where: PlaceText,
  index: readonly ServiceRef[],
  { merge = places => places }: AnySetting,
  { who, config, facts }: Asker,
): Place | Refusal =>
  onePlace(
    merge(resolveScope(where, config, index).filter(place => maySeePlace(who.actor, place, config, facts))),
    where.text,
  )

/** `halt`: the one to end. */
export const mayChange = (
  right: SettingRight,
  place: Place | undefined,
  { who: { actor }, config, facts }: Asker,
  halt: Halt | undefined,
): boolean => {
  switch (right) {
    case 'anyone':
    case 'defaults':
    case 'channel':
    case 'incident':
      return true
    case 'subscribe':
      return place === undefined || maySeePlace(actor, place, config, facts)
    case 'operate':
      return place !== undefined && mayOperateAt(actor, place, config, facts)
    case 'resume':
      return mayResume(actor, halt, config, facts)
  }
}

/** Defaults decide what the bare names of others mean: they need the right to operate what is set, and what was set. */
export const maySetDefaults = async (
  change: SettingChange,
  before: ChannelDefaults | undefined,
  { who: { actor }, config, facts }: Asker,
  channel: string,
  ports: Ports,
): Promise<boolean> => {
  if (isDirectMessage(channel) && channel === (await (await ports.slack()).directMessage(actor.user))) return true
  const defaults = [...(before === undefined ? [] : [before]), ...(change.kind === 'here' ? [change.here] : [])]
  const places = defaults.flatMap(({ place, favourites }) => [...(place ? [place] : []), ...favourites.map(placeOf)])
  return places.every(place => mayOperateAt(actor, place, config, facts))
}
