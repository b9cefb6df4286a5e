// Tells the requester, once, that their operation died before it had a card.

import { answeredKey } from '../../engine/change/records.ts'
import type { AskedBy } from '../../engine/jobs/asked-by.ts'
import { renderRefusal } from '../../kit/messages/render-refusal.ts'
import type { ReportPorts } from '../operation/story.ts'

/** Marked before it is sent: at most one message. */
export const notifyRequester = async (
  operation: string,
  { actor, place, line }: AskedBy,
  text: string,
  { config, store, slack, now }: ReportPorts,
): Promise<void> => {
  if (!(await store.create(answeredKey(operation), { at: now() }))) return
  const offers = [{ label: 'Try Again', invocation: line }]
  const message = renderRefusal({ text, hint: `The request was \`/ecs ${line.replace(/[*`]/g, '')}\`.`, offers })
  // Nobody requested a gate.
  if (place.channel === '') await (await slack()).post((await config()).channel, message)
  else await (await slack()).whisper(place, actor.user, message)
}
