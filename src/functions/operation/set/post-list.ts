// The services of a large change set in the thread of its card, before anybody votes: the card names a few. As a file where
// everybody may view all of them, else as a button, which asks for the right of each reader.

import { type Face, OPEN_CARD } from '../../../engine/cards/card.ts'
import type { Plan } from '../../../engine/change/plan.ts'
import { logError } from '../../../engine/jobs/log-error.ts'
import { mayAllView } from '../../../engine/rules/access.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { buttons, plain, richText, section } from '../../../kit/messages/markup.ts'
import type { Rendered } from '../../../model/ports/message.ts'
import type { Posted, SlackFile } from '../../../model/ports/slack.ts'
import { atMostOnce } from '../steps.ts'
import type { Story } from '../story.ts'

/** So many are on the card. */
const MOST_WITHOUT = 5

/** An upload cannot be repeated, so it is tried once. If it fails, the request continues. */
export const postList = async (
  { ctx, ports, face }: Pick<Story, 'ctx' | 'ports'> & { readonly face: Face },
  { channel, ts }: Posted,
): Promise<void> => {
  const { plan, operation } = face
  const count = plan.members?.length ?? 0
  if (count <= MOST_WITHOUT) return
  await atMostOnce(ctx, 'post the list', async () => {
    const post = async () => {
      const slack = await ports.slack()
      if (isOpen(plan, await ports.config())) await slack.upload({ channel, thread: ts }, fileOf(count, plan))
      else await slack.post(channel, listButton(count, operation), { thread: ts, isBare: true })
    }
    await post().catch(error => logError('list of services', operation, error))
    return null
  })
}

const isOpen = ({ members = [], leftOut = [] }: Plan, config: Config): boolean =>
  [...members, ...leftOut].every(({ ref }) => mayAllView(ref, config))

const fileOf = (count: number, { details = [], leftOut = [] }: Plan): SlackFile => ({
  name: 'services.txt',
  title: `The ${count} services of this request`,
  alt: `The names of ${count} services, with their tasks and risk, and what is left out`,
  bytes: new TextEncoder().encode(`${[...details, ...leftOut.map(({ text }) => text)].join('\n')}\n`),
})

const listButton = (count: number, operation: string): Rendered => {
  const text = `Details lists the ${count} services of this request for people who may view each of them.`
  return {
    text: plain(text),
    blocks: [
      richText(section(text)),
      buttons(`card:${operation}`, [{ label: 'Details', action: OPEN_CARD, value: operation }]),
    ],
  }
}
