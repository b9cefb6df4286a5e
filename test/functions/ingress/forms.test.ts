import { expect, test } from 'vitest'
import { listenToForms } from '../../../src/functions/ingress/forms.ts'

/** The answer to a submitted reason, and what was dispatched. */
const submit = async (reason: string) => {
  const dispatched: unknown[] = []
  const answers: unknown[] = []
  let handler: ((args: object) => Promise<void>) | undefined
  const app = {
    action: () => undefined,
    view: (_: string, handle: (args: object) => Promise<void>) => {
      handler = handle
    },
  }
  const dispatch = { decision: async (job: unknown) => void dispatched.push(job) }
  listenToForms(app as never, dispatch as never)
  await handler?.({
    view: {
      callback_id: 'reject',
      private_metadata: JSON.stringify({ operation: 'o', channel: 'C0OPS' }),
      state: { values: { reason: { reason: { value: reason } } } },
    },
    body: { user: { id: 'U0APPROVE', name: 'approver', team_id: 'T0QUARTER' } },
    ack: async (answer: unknown) => void answers.push(answer),
  })
  return { dispatched, answer: answers[0] }
}

test.each([
  ['no\u202eon', 'The reason contains the invisible character U+202E at character 3, after no.'],
  [
    `no${' '.repeat(9)}`.concat('way'),
    'The reason contains 9 blanks in a row; at most 8 are allowed at character 3, after no.',
  ],
  ['a\nb\nc\nd\ne', 'The reason has 4 line breaks; at most 3 are allowed.'],
])('a reason with hidden characters or padding stands by its field: %j', async (reason, text) => {
  expect(await submit(reason)).toEqual({
    dispatched: [],
    answer: { response_action: 'errors', errors: { reason: text } },
  })
})

test('a plain reason rejects the change', async () => {
  expect(await submit('not during “Black Friday”\nask again on Monday')).toMatchObject({
    dispatched: [{ choice: 'reject', reason: 'not during “Black Friday”\nask again on Monday' }],
    answer: undefined,
  })
})
