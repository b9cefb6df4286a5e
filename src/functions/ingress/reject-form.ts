// The modal that a click on Reject opens, which asks for a reason.
import type { View } from '@slack/types'

export const REJECT_FORM = 'reject'

export const rejectForm = (operation: string, channel: string): View => ({
  type: 'modal',
  callback_id: REJECT_FORM,
  // Only ids are stored here, because users can read `private_metadata`.
  private_metadata: JSON.stringify({ operation, channel }),
  title: { type: 'plain_text', text: 'Reject this change' },
  submit: { type: 'plain_text', text: 'Reject' },
  close: { type: 'plain_text', text: 'Back' },
  blocks: [
    {
      type: 'input',
      block_id: 'reason',
      optional: true,
      label: { type: 'plain_text', text: 'Reason' },
      hint: { type: 'plain_text', text: 'Shown to the requester on the card.' },
      element: { type: 'plain_text_input', action_id: 'reason', multiline: true, max_length: 500 },
    },
  ],
})
