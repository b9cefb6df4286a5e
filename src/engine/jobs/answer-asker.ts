// Answers the asker alone: through the response URL, or with an ephemeral message if Slack gave no URL (forms,
// mentions).
import type { Job } from '../../model/ports/job.ts'
import type { Rendered } from '../../model/ports/message.ts'
import type { Slack } from '../../model/ports/slack.ts'

export const answerAsker = (
  { responseUrl, place, actor }: Pick<Job, 'responseUrl' | 'place' | 'actor'>,
  slack: Pick<Slack, 'answer' | 'whisper'>,
  message: Rendered,
): Promise<void> =>
  responseUrl === undefined ? slack.whisper(place, actor.user, message) : slack.answer(responseUrl, message)
