// The services of a large change set as a file in the thread of its card, before anybody votes: the card names a few.

import type { Face } from '../../../engine/cards/card.ts'
import { logError } from '../../../engine/jobs/log-error.ts'
import type { Posted, SlackFile } from '../../../model/ports/slack.ts'
import { atMostOnce } from '../steps.ts'
import type { Story } from '../story.ts'

/** The dialog of the card has room for so many. */
const MOST_WITHOUT = 5

/** An upload cannot be repeated, so it is tried once. If it fails, the request continues. */
export const postList = async (
  { ctx, ports, face }: Pick<Story, 'ctx' | 'ports'> & { readonly face: Face },
  { channel, ts }: Posted,
): Promise<void> => {
  const { members = [], details = [] } = face.plan
  if (members.length <= MOST_WITHOUT) return
  const file = fileOf(members.length, details)
  await atMostOnce(ctx, 'post the list', async () => {
    const upload = async () => (await ports.slack()).upload({ channel, thread: ts }, file)
    await upload().catch(error => logError('list of services', face.operation, error))
    return null
  })
}

const fileOf = (count: number, lines: readonly string[]): SlackFile => ({
  name: 'services.txt',
  title: `The ${count} services of this request`,
  alt: `The names of ${count} services, with their tasks and risk, and what is left out`,
  bytes: new TextEncoder().encode(`${lines.join('\n')}\n`),
})
