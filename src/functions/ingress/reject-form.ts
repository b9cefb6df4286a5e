// The form behind Reject: why, in a sentence, which the card then says.
import type { View } from '@slack/types'

export const REJECT_FORM = 'reject'

export const rejectForm = (operation: string, channel: string): View => ({
  type: 'modal',
  callback_id: REJECT_FORM,
  // Ids only: what a form carries, its reader can see.
  private_metadata: JSON.stringify({ operation, channel }),
  title: { type: 'plain_text', text: 'Reject this change' },
  submit: { type: 'plain_text', text: 'Reject' },
  close: { type: 'plain_text', text: 'Back' },
  blocks: [
    {
      type: 'input',
      block_id: 'reason',
      optional: true,
      label: { type: 'plain_text', text: 'Why?' },
      hint: { type: 'plain_text', text: 'Whoever asked reads it on the card.' },
      element: { type: 'plain_text_input', action_id: 'reason', multiline: true, max_length: 500 },
    },
  ],
})
