// Renders the reminder in the thread of an open request: its age, its approvers and its expiry.

import type { Face } from '../../engine/cards/card.ts'
import { votesNeeded, whoMayApprove } from '../../engine/cards/render-votes.ts'
import type { Approval } from '../../engine/change/approval.ts'
import { cut, date, plain, richText, section } from '../../kit/messages/markup.ts'
import type { Rendered } from '../../model/ports/message.ts'

/** A reminder, which mentions only people who must act. */
export const renderReminder = ({ plan, requester }: Face, approval: Approval): Rendered => {
  const { votes, askedAt, expiresAt } = approval
  const given = votes.length === 0 ? '' : ` Approved by ${votes.map(({ voter }) => voter.name).join(', ')} so far.`
  const title = plan.title.replaceAll('*', '')
  const needed = votesNeeded(approval)
  return {
    text: cut(plain(`Still waiting: ${title}, requested by ${requester.name}. It needs ${needed}.`), 3_000),
    blocks: [
      richText(
        section(
          `Still waiting: *${title}*, requested by ${requester.name} `,
          date(askedAt, '{date_short_pretty} {time}'),
          `.${given} It needs ${needed} from `,
          ...whoMayApprove(approval),
          ', by ',
          date(expiresAt, '{date_short_pretty} {time}'),
          '; otherwise nothing is changed.',
        ),
      ),
    ],
  }
}
