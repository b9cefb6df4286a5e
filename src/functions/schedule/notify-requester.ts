// Tells the requester, once, that their operation died before it had a card.

import { answeredKey } from '../../engine/change/records.ts'
import { answerAsker } from '../../engine/jobs/answer-asker.ts'
import type { AskedBy } from '../../engine/jobs/asked-by.ts'
import { renderRefusal } from '../../kit/messages/render-refusal.ts'
import { RemoteError } from '../../model/errors.ts'
import type { ReportPorts } from '../operation/story.ts'

/** How long after the request an answer is possible: Slack accepts answers at a response URL for 30 minutes. */
const ANSWERABLE_MS = 29 * 60_000

/** Sends the message to the requester. It is marked as sent before it is sent, so there is at most one message. */
export const notifyRequester = async (
  operation: string,
  asked: AskedBy,
  text: string,
  { store, slack, now }: ReportPorts,
): Promise<void> => {
  if (!(await store.create(answeredKey(operation), { at: now() }))) return
  const { responseUrl: _, ...inChannel } = asked
  const isOpen = Date.parse(now()) - Date.parse(asked.at) < ANSWERABLE_MS
  const offers = [{ label: 'Try Again', invocation: asked.line }]
  const message = renderRefusal({ text, hint: `The request was \`/ecs ${asked.line.replace(/[*`]/g, '')}\`.`, offers })
  const slackPort = await slack()
  await answerAsker(isOpen ? asked : inChannel, slackPort, message).catch(error => {
    if (!isOpen || !(error instanceof RemoteError) || error.passing) throw error
    return answerAsker(inChannel, slackPort, message)
  })
}
