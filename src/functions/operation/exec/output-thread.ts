// Shows a command's output in the thread of the card: one message, updated within the shared budget of Slack updates,
// and a file at the end.

import type { Outcome } from '../../../engine/change/outcome.ts'
import type { ExecCall } from '../../../engine/change/plan.ts'
import { logError } from '../../../engine/jobs/log-error.ts'
import { mayUpdate } from '../../../engine/jobs/update-budget.ts'
import type { Posted } from '../../../model/ports/slack.ts'
import type { Story } from '../story.ts'
import type { OutputBuffer } from './output-buffer.ts'
import { fileOfPrinted, fitsInMessage, renderPrinted } from './render-output.ts'

const INTERVAL_MS = 3_000
const MAX_LINES = 60

/** Creates the thread's message. If Slack fails, the command continues. */
export const createOutputThread = async (story: Story, call: ExecCall, printed: OutputBuffer) => {
  const { job, ports, approval, face } = story
  const { channel, ts } = approval.posted
  const container = String(call.input['container'])
  const rendered = (end?: string) =>
    renderPrinted({
      operation: job.id,
      container,
      printed: printed.latest(MAX_LINES),
      ...(end !== undefined && { end }),
    })
  const attempt = async (what: string, send: () => Promise<unknown>): Promise<void> => {
    await send().catch(error => logError(what, job.id, error))
  }
  let posted: Posted | undefined
  const post = async (): Promise<void> => {
    posted = await (await ports.slack()).post(channel, rendered(), { thread: ts })
  }
  await attempt('posting output', post)
  let shownCount = 0
  let updating: Promise<void> = Promise.resolve()
  const update = async (): Promise<void> => {
    const { count } = printed.latest(1)
    if (posted === undefined) return post()
    if (count === shownCount) return
    if (!(await mayUpdate(ports.store, ports.now(), 'progress'))) return
    shownCount = count
    await (await ports.slack()).update(posted, rendered())
  }
  const timer = setInterval(() => {
    updating = updating.then(() => attempt('showing output', update))
  }, INTERVAL_MS)
  return {
    close: (): void => clearInterval(timer),
    end: async ({ text }: Outcome): Promise<void> => {
      clearInterval(timer)
      await updating
      await attempt('showing output', async () => {
        const slack = await ports.slack()
        if (posted === undefined) await slack.post(channel, rendered(text), { thread: ts })
        else await slack.update(posted, rendered(text))
        if (fitsInMessage(printed.latest(MAX_LINES))) return
        await slack.upload({ channel, thread: ts }, fileOfPrinted(printed.all(), face.plan.target.service))
      })
    },
  }
}
