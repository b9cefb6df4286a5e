// Renders /ecs events, newest first. Routine events are left out, and repeats are merged.

import { fullName } from '../../kit/language/target.ts'
import { context, firstThatFit, plain, richText, section } from '../../kit/messages/markup.ts'
import { placeLine } from '../../kit/messages/place-line.ts'
import { offerButtons } from '../../kit/messages/render-refusal.ts'
import type { Rendered } from '../../model/ports/message.ts'
import type { ServiceDetail } from '../../model/service-detail.ts'
import { eventLine } from './render-status.ts'
import { collapse } from './service-events.ts'

const MOST = 20

export const renderEvents = ({ service: { ref }, events }: ServiceDetail): Rendered => {
  const found = collapse(events)
  const [newest] = found
  const head =
    newest === undefined
      ? `*${ref.service}*: no notable events`
      : `*${ref.service}*: ${found.length} notable ${found.length === 1 ? 'event' : 'events'}, newest first`
  const oldest = events.at(-1)?.at.slice(0, 10) || undefined
  const count = `From ${events.length} ${events.length === 1 ? 'event' : 'events'}${oldest === undefined ? '' : ` since ${oldest}`}; ECS keeps the last 100.`
  return {
    text: plain(newest === undefined ? head : `${ref.service} ${newest.message}`),
    blocks: [
      richText(section(head)),
      placeLine(ref),
      ...(found.length === 0 ? [] : [richText(...firstThatFit(found.slice(0, MOST).map(eventLine)))]),
      context(`${count}${found.length > MOST ? ` ${found.length - MOST} older ones are not shown.` : ''}`),
      offerButtons([
        { label: 'Tasks', invocation: `tasks ${fullName(ref)}` },
        { label: 'Deployments', invocation: `deployments ${fullName(ref)}` },
      ]),
    ],
  }
}
