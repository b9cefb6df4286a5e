// Shows a command's output in the card's thread: one message, updated within the shared budget, and a file at the end.

import type { Outcome } from '../../../engine/change/outcome.ts'
import type { ExecCall } from '../../../engine/change/plan.ts'
import { logError } from '../../../engine/jobs/log-error.ts'
import { mayUpdate } from '../../../engine/jobs/update-budget.ts'
import type { Posted } from '../../../model/ports/slack.ts'
import type { Story } from '../story.ts'
import { fileOfPrinted, fitsInMessage, renderPrinted } from './render-output.ts'
import type { PrintedText } from './view.ts'

const EVERY_MS = 3_000
const MOST_LINES = 60

/** The command continues when Slack fails. */
export const createThread = async (story: Story, call: ExecCall, printed: PrintedText) => {
  const { job, ports, consent, face } = story
  const { channel, ts } = consent.posted
  const container = String(call.input['container'])
  const rendered = (end?: string) =>
    renderPrinted({
      operation: job.id,
      container,
      printed: end === undefined ? printed.soFar(MOST_LINES) : printed.latest(MOST_LINES),
      ...(end !== undefined && { end }),
    })
  const trying = async (doing: string, tell: () => Promise<unknown>): Promise<void> => {
    await tell().catch(error => logError(doing, job.id, error))
  }
  let posted: Posted | undefined
  const post = async (): Promise<void> => {
    posted = await (await ports.slack()).post(channel, rendered(), { thread: ts })
  }
  await trying('posting output', post)
  let shown = 0
  let telling: Promise<void> = Promise.resolve()
  const update = async (): Promise<void> => {
    const { count } = printed.soFar(1)
    if (posted === undefined) return post()
    if (count === shown) return
    if (!(await mayUpdate(ports.store, ports.now(), 'progress'))) return
    shown = count
    await (await ports.slack()).update(posted, rendered())
  }
  const timer = setInterval(() => {
    telling = telling.then(() => trying('showing output', update))
  }, EVERY_MS)
  return {
    close: (): void => clearInterval(timer),
    end: async ({ text }: Outcome): Promise<void> => {
      clearInterval(timer)
      await telling
      await trying('showing output', async () => {
        const slack = await ports.slack()
        if (posted === undefined) await slack.post(channel, rendered(text), { thread: ts })
        else await slack.update(posted, rendered(text))
        if (fitsInMessage(printed.latest(MOST_LINES))) return
        await slack.upload({ channel, thread: ts }, fileOfPrinted(printed.all(), face.plan.target.service))
      })
    },
  }
}
