// Renders the reminder in the thread of an open request: its age, its approvers and its expiry.

import { withoutAnswer } from '../../engine/cards/asking.ts'
import type { Face } from '../../engine/cards/card.ts'
import { askedBy } from '../../engine/cards/headline.ts'
import { votesNeeded, whoMayApprove } from '../../engine/cards/render-votes.ts'
import type { Approval } from '../../engine/change/approval.ts'
import { cut, date, plain, richText, section } from '../../kit/messages/markup.ts'
import type { Rendered } from '../../model/ports/message.ts'

/** A reminder, which mentions only people who must act. */
export const renderReminder = (face: Face, approval: Approval): Rendered => {
  const { plan } = face
  const who = askedBy(face)
  const { votes, askedAt, expiresAt } = approval
  const given = votes.length === 0 ? '' : ` Approved by ${votes.map(({ voter }) => voter.name).join(', ')} so far.`
  const title = plan.title.replaceAll('*', '')
  const needed = votesNeeded(approval)
  return {
    text: cut(plain(`Still waiting: ${title}, ${who}. It needs ${needed}.`), 3_000),
    blocks: [
      richText(
        section(
          `Still waiting: *${title}*, ${who} `,
          date(askedAt, '{date_short_pretty} {time}'),
          `.${given} It needs ${needed} from `,
          ...whoMayApprove(approval),
          ', by ',
          date(expiresAt, '{date_short_pretty} {time}'),
          plan.gate === undefined ? '; otherwise nothing is changed.' : `. ${withoutAnswer(plan.gate)}.`,
        ),
      ),
    ],
  }
}
