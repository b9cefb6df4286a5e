// What the small bot says.

const plain = (text: string) => ({ type: 'plain_text' as const, text })
const mrkdwn = (text: string) => ({ type: 'mrkdwn' as const, text })

const summary = [
  {
    type: 'section' as const,
    text: mrkdwn('Scale *orders-api* from 4 to 12\nprod `1111-2222-3333` · us-east-1 · web'),
  },
]

export const approvalCard = (requester: string) => ({
  text: 'Scale orders-api from 4 to 12',
  blocks: [
    ...summary,
    {
      type: 'section' as const,
      fields: [
        mrkdwn('*Desired tasks*\n4 → 12'),
        mrkdwn('*Risk*\nmedium: more than doubles the service'),
        mrkdwn(`*Asked by*\n<@${requester}>`),
        mrkdwn('*Because*\n“queue is growing since the sale began”'),
      ],
    },
    {
      type: 'context' as const,
      elements: [mrkdwn('Autoscaling max is 10: the next scale-in alarm takes this back to 10.')],
    },
    {
      type: 'actions' as const,
      block_id: 'decision',
      elements: [
        {
          type: 'button' as const,
          style: 'primary' as const,
          text: plain('Approve'),
          action_id: 'approve',
          value: 'a-17',
        },
        { type: 'button' as const, text: plain('Reject'), action_id: 'reject', value: 'a-17' },
        {
          type: 'button' as const,
          style: 'danger' as const,
          text: plain('Halt Everything'),
          action_id: 'halt',
          confirm: {
            title: plain('Halt everything?'),
            text: mrkdwn('*Every* change is refused.'),
            confirm: plain('Halt'),
            deny: plain('Keep Going'),
            style: 'danger' as const,
          },
        },
      ],
    },
    {
      type: 'context' as const,
      elements: [mrkdwn('1 of <!subteam^S0OPS> must approve · expires <!date^1795344240^{time}|soon>')],
    },
  ],
})

export const decidedCard = (user: string, approved: boolean) => ({
  text: `Scale orders-api from 4 to 12: ${approved ? 'approved' : 'rejected'}`,
  blocks: [
    ...summary,
    ...(approved
      ? [{ type: 'section' as const, text: mrkdwn('`██████████████░░░░░░░░░░` 7/12 running, 5 pending · 40 s') }]
      : []),
    {
      type: 'context' as const,
      block_id: 'decided',
      elements: [mrkdwn(`${approved ? 'Approved' : 'Rejected'} by <@${user}>`)],
    },
  ],
})

export const scaleModal = {
  type: 'modal' as const,
  callback_id: 'scale',
  notify_on_close: true,
  title: plain('Scale a service'),
  submit: plain('Show the Plan'),
  close: plain('Cancel'),
  blocks: [
    {
      type: 'input' as const,
      block_id: 'service',
      label: plain('Service'),
      element: {
        type: 'external_select' as const,
        action_id: 'value',
        min_query_length: 0,
        placeholder: plain('Find a service'),
      },
    },
    {
      type: 'input' as const,
      block_id: 'count',
      label: plain('Desired tasks'),
      hint: plain('At most 20'),
      element: { type: 'number_input' as const, action_id: 'value', is_decimal_allowed: false, min_value: '0' },
    },
    {
      type: 'input' as const,
      block_id: 'for',
      optional: true,
      label: plain('For how long'),
      element: {
        type: 'static_select' as const,
        action_id: 'value',
        options: ['1 hour', '2 hours', 'Until changed again'].map(text => ({ text: plain(text), value: text })),
      },
    },
    {
      type: 'input' as const,
      block_id: 'reason',
      optional: true,
      label: plain('Reason'),
      element: { type: 'plain_text_input' as const, action_id: 'value', multiline: true },
    },
  ],
}
