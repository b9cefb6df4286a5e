// The last log lines of a standalone task, in the thread of its card, with secrets hidden.

import type { Outcome } from '../../engine/change/outcome.ts'
import { logError } from '../../engine/jobs/log-error.ts'
import { redactionOptions } from '../../features/logs/redaction.ts'
import { createOutputBuffer } from './exec/output-buffer.ts'
import { fileOfPrinted, fitsInMessage, renderPrinted } from './exec/render-output.ts'
import { atMostOnce } from './steps.ts'
import { errorText, type Story, stepName } from './story.ts'

/** The newest lines that are read, and those that the message shows. */
const MOST_READ = 1_000
const MOST_SHOWN = 60

type Ended = {
  readonly task: string
  readonly container: string
  /** When the task was started, ISO 8601. */
  readonly since: string
  readonly outcome: Outcome
}

/** Posts the lines once. Returns notes for the card where there are none. */
export const postTaskLogs = async (ended: Ended, story: Story): Promise<readonly string[]> => {
  const posted = await atMostOnce(story.ctx, stepName(story, 'logs'), () =>
    postLines(ended, story).catch((error: unknown) => {
      logError('logs of a task', story.job.id, error)
      return [`Its logs could not be shown: ${errorText(error)}.`.slice(0, 300)]
    }),
  )
  return posted.kind === 'done' ? posted.value : ['Its logs may not have been shown.']
}

const postLines = async ({ task, container, since, outcome }: Ended, story: Story): Promise<string[]> => {
  const { job, ports, face, approval } = story
  const config = await ports.config()
  const { target } = face.plan
  const read = ports.readers(config, { actor: job.actor, corporateId: face.corporateId }, job.id)
  const found = await read.logTask(target, task)
  const destination = found?.containers.find(({ name }) => name === container)?.destination
  if (destination === undefined) return ['Its log destination could not be read.']
  if (destination.kind === 'elsewhere') return [`Its output goes ${destination.where}.`]
  const { group, region, stream } = destination
  const answer = await read.logLines(target, {
    ...{ group, region, streams: [stream], since: Date.parse(since), limit: MOST_READ },
    sessions: 'left out',
  })
  if (answer.kind !== 'lines') return [`The log group ${group} does not exist.`]
  if (answer.lines.length === 0) return ['It wrote no log lines.']
  const printed = createOutputBuffer(redactionOptions({ config }))
  printed.add(`${answer.lines.map(({ message }) => message).join('\n')}\n`)
  const latest = printed.latest(MOST_SHOWN)
  const { channel, ts } = approval.posted
  const slack = await ports.slack()
  const shown = renderPrinted({ operation: job.id, container, printed: latest, end: outcome.text })
  await slack.post(channel, shown, { thread: ts })
  if (!fitsInMessage(latest)) await slack.upload({ channel, thread: ts }, fileOfPrinted(printed.all(), target.service))
  return answer.isPartial ? [`The thread has its last ${MOST_READ.toLocaleString('en')} lines.`] : []
}
