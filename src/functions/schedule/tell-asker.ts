// Tells the requester, once, that their operation died before it had a card.

import { answeredKey } from '../../engine/change/records.ts'
import { answerAsker } from '../../engine/jobs/answer-asker.ts'
import type { AskedBy } from '../../engine/jobs/asked-by.ts'
import { renderRefusal } from '../../kit/messages/render-refusal.ts'
import { RemoteError } from '../../model/errors.ts'
import type { Telling } from '../operation/story.ts'

/** Slack accepts answers at a response URL for 30 minutes. */
const ANSWERABLE_MS = 29 * 60_000

/** Marked before it is sent: at most one message. */
export const tellAskedBy = async (
  operation: string,
  asked: AskedBy,
  text: string,
  { store, slack, now }: Telling,
): Promise<void> => {
  if (!(await store.create(answeredKey(operation), { at: now() }))) return
  const { responseUrl: _, ...there } = asked
  const isOpen = Date.parse(now()) - Date.parse(asked.at) < ANSWERABLE_MS
  const offers = [{ label: 'Try Again', invocation: asked.line }]
  const message = renderRefusal({ text, hint: `The request was \`/ecs ${asked.line.replace(/[*`]/g, '')}\`.`, offers })
  const to = await slack()
  await answerAsker(isOpen ? asked : there, to, message).catch(error => {
    if (!isOpen || !(error instanceof RemoteError) || error.passing) throw error
    return answerAsker(there, to, message)
  })
}
