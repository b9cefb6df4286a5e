// Answers the asker alone: through the response URL, or with an ephemeral message if Slack gave no URL (forms,
// mentions) or the URL does not work any more.
import type { Job } from '../../model/ports/job.ts'
import type { Rendered } from '../../model/ports/message.ts'
import type { Slack } from '../../model/ports/slack.ts'
import { logError } from './log-error.ts'

export const answerAsker = async (
  { responseUrl, place, actor }: Pick<Job, 'responseUrl' | 'place' | 'actor'>,
  slack: Pick<Slack, 'answer' | 'whisper'>,
  message: Rendered,
): Promise<void> => {
  if (responseUrl === undefined) return slack.whisper(place, actor.user, message)
  try {
    await slack.answer(responseUrl, message, place.thread)
  } catch (error) {
    logError('response URL', '', error)
    await slack.whisper(place, actor.user, message)
  }
}
