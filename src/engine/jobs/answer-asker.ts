// Answers the asker alone: through the response URL, or with an ephemeral message if Slack gave no URL (forms, mentions) or refuses
// the URL for good. An ephemeral message that Slack refuses goes to the asker's direct messages (gateways/slack/messages.ts).
import { RemoteError } from '../../model/errors.ts'
import type { Job } from '../../model/ports/job.ts'
import type { Rendered } from '../../model/ports/message.ts'
import type { Slack } from '../../model/ports/slack.ts'

export const answerAsker = async (
  { responseUrl, place, actor }: Pick<Job, 'responseUrl' | 'place' | 'actor'>,
  slack: Pick<Slack, 'answer' | 'whisper'>,
  message: Rendered,
): Promise<void> => {
  const whisper = () => slack.whisper(place, actor.user, message)
  if (responseUrl === undefined) return whisper()
  try {
    await slack.answer(responseUrl, message)
  } catch (error) {
    if (!(error instanceof RemoteError) || error.passing) throw error
    await whisper()
  }
}
