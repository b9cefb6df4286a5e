// Tells in the thread of the card that a watch rolled back, could not, or was lost: an edited card notifies nobody.

import type { Outcome } from '../../../engine/change/outcome.ts'
import { reminderKey } from '../../../engine/change/records.ts'
import { postOrTellOnCall } from '../../../engine/jobs/tell-on-call.ts'
import { onCallFor } from '../../../engine/rules/teams/teams.ts'
import { mentioning } from '../lease/render-not-reverted.ts'
import type { Story } from '../story.ts'

const REMINDER_NUMBER = 40_000

/** Mentions the requester, once. A watch that ended without an alarm is on the card alone. */
export const tellEnd = async ({ job, ports, face, approval }: Story, outcome: Outcome): Promise<null> => {
  const { status, watch, text } = outcome
  if (status === 'done' || watch === undefined) return null
  if (!(await ports.store.create(reminderKey(job.id, REMINDER_NUMBER), { at: ports.now() }))) return null
  const config = await ports.config()
  const onCall = watch === 'not rolled back' ? onCallFor(face.plan.target, config) : []
  const head = `${watch[0]?.toUpperCase()}${watch.slice(1)}: *${face.plan.target.service}*`
  const message = mentioning(face, `${head}, ${text.replace(/\.?$/, '.')}`, onCall)
  await postOrTellOnCall(approval.posted, message, config, await ports.slack(), { others: [face.requester.user] })
  return null
}
