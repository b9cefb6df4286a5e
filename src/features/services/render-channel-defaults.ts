// Renders a channel's defaults for bare service names.

import { fullName } from '../../kit/language/target.ts'
import { buttons, context, list, plain, richText, section } from '../../kit/messages/markup.ts'
import type { Rendered } from '../../model/ports/message.ts'
import type { ChannelDefaults } from './channel-defaults.ts'

export const defaultsText = ({ place, favourites }: Pick<ChannelDefaults, 'place' | 'favourites'>): string => {
  const placeText = place === undefined ? undefined : `bare names resolve to *${place.name}* first`
  const favouritesText =
    favourites.length === 0 ? undefined : `favourites are ${favourites.map(({ service }) => `*${service}*`).join(', ')}`
  return `In this channel, ${[placeText, favouritesText].filter(part => part !== undefined).join('; ')}.`
}

const HINT = 'Set one with `/ecs here set prod/web` or `/ecs here set --favourites orders-api,checkout`.'

export const renderChannelDefaults = (defaults: ChannelDefaults | undefined): Rendered => {
  if (defaults === undefined) {
    const text = `This channel has no defaults: a bare name must be unique. ${HINT}`
    return { text: plain(text), blocks: [richText(section(text))] }
  }
  const { favourites, by, at } = defaults
  return {
    text: plain(defaultsText(defaults)),
    blocks: [
      richText(
        section(defaultsText(defaults)),
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
      context(`Set by ${by.name} on ${at.slice(0, 10)} · /ecs here clear removes it`),
    ],
  }
}
