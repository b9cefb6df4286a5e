// The modal of Ask Requester, which asks for a question.
import type { View } from '@slack/types'

export const ASK_FORM = 'ask'

export const askForm = (operation: string, channel: string): View => ({
  type: 'modal',
  callback_id: ASK_FORM,
  // Only ids are stored here, because users can read `private_metadata`.
  private_metadata: JSON.stringify({ operation, channel }),
  title: { type: 'plain_text', text: 'Ask the requester' },
  submit: { type: 'plain_text', text: 'Ask' },
  close: { type: 'plain_text', text: 'Back' },
  blocks: [
    {
      type: 'input',
      block_id: 'question',
      label: { type: 'plain_text', text: 'Question' },
      hint: { type: 'plain_text', text: 'Posted in the thread of the request; mentions the requester.' },
      element: { type: 'plain_text_input', action_id: 'question', multiline: true, max_length: 500 },
    },
  ],
})
