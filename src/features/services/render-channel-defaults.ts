// What a channel means by a bare name.

import { fullName } from '../../kit/language/target.ts'
import { buttons, context, list, plain, richText, section } from '../../kit/messages/markup.ts'
import type { Rendered } from '../../model/ports/message.ts'
import type { ChannelDefaults } from './channel-defaults.ts'

export const hereWords = ({ place, favourites }: Pick<ChannelDefaults, 'place' | 'favourites'>): string => {
  const about = place === undefined ? undefined : `bare names mean services of *${place.name}* first`
  const liked =
    favourites.length === 0 ? undefined : `favourites are ${favourites.map(({ service }) => `*${service}*`).join(', ')}`
  return `In this channel ${[about, liked].filter(part => part !== undefined).join('; ')}.`
}

const HINT = '`/ecs here set prod/web` or `/ecs here set --favourites orders-api,checkout` sets it.'

export const renderHere = (here: ChannelDefaults | undefined): Rendered => {
  if (here === undefined) {
    const text = `Nothing is set for this channel: a bare name has to be unique. ${HINT}`
    return { text: plain(text), blocks: [richText(section(text))] }
  }
  const { favourites, by, at } = here
  return {
    text: plain(hereWords(here)),
    blocks: [
      richText(
        section(hereWords(here)),
        ...(favourites.length === 0 ? [] : [list(favourites.map(ref => `\`${fullName(ref)}\``))]),
      ),
      ...(favourites.length === 0
        ? []
        : [
            buttons(
              'favourites',
              favourites.slice(0, 5).map((ref, number) => ({
                label: `Status ${ref.service}`.slice(0, 75),
                action: `run:${number}`,
                value: `status ${fullName(ref)}`,
              })),
            ),
          ]),
      context(`Set by ${by.name} on ${at.slice(0, 10)} · /ecs here clear takes it back`),
    ],
  }
}
