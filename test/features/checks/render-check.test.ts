// What is said of findings fits into a message of Slack, however many there are and wherever they were seen.
import { describe, expect, test } from 'vitest'
import { worstFirst } from '../../../src/features/checks/check.ts'
import type { Checked } from '../../../src/features/checks/check-place.ts'
import { clusterChecks } from '../../../src/features/checks/cluster-checks.ts'
import { definitionChecks } from '../../../src/features/checks/definition-checks.ts'
import { imageChecks } from '../../../src/features/checks/image-checks.ts'
import { renderCheck } from '../../../src/features/checks/render-check.ts'
import { serviceChecks } from '../../../src/features/checks/service-checks.ts'
import { misfits } from '../../../src/kit/messages/limits.ts'

const place = { scope: { accountId: '111122223333' }, name: 'prod', account: 'prod' }
const long = 'x'.repeat(255)
const sightings = Array.from({ length: 50 }, (_, n) => ({
  where: `us-east-1/${long}/${n}-${long}`,
  what: Array.from({ length: 10 }, () => `\`${long}\` has \`"<!here>"\``),
}))
const all = [...imageChecks, ...definitionChecks, ...serviceChecks, ...clusterChecks]
const everything = worstFirst(
  all.map(({ seen: _, conflict: __, ...rule }) => ({
    ...rule,
    sightings,
    conflicts: [{ text: 'It would break.', at: sightings.map(({ where }) => where) }],
  })),
)

const checked = (more: Partial<Checked> = {}): Checked => ({
  place,
  flaws: everything,
  services: 50,
  before: 100,
  left: 1_850,
  next: 'check prod --page 4',
  clusters: 7,
  leftImages: 12,
  crowded: ['web'],
  unread: Array.from({ length: 9 }, (_, n) => `reading ${n}: AWS denied it (${long}${long})`),
  ...more,
})

describe('a message', () => {
  const { text, blocks } = renderCheck(checked(), 'low', true)
  const said = JSON.stringify(blocks)

  test('fits when everything is wrong everywhere', () => {
    expect(misfits({ text, blocks })).toEqual([])
    const characters = [...said.matchAll(/"text":"((?:[^"\\]|\\.)*)"/g)].reduce(
      (sum, [, part = '']) => sum + part.length,
      0,
    )
    expect(characters).toBeLessThan(13_200)
  })

  test('says of each finding that there is one, and what was left out', () => {
    for (const { id } of all) expect(said).toContain(`"${id}"`)
    expect(said).toContain('Some findings do not fit')
    expect(said).toContain('checked: 50 services in 7 clusters · page 3 of 40, by name')
    expect(said).toContain('1850 more services not checked')
    expect(said).toContain('"Next 50"')
    expect(said).toContain('Scans of 12 more images were not checked.')
    expect(said).toContain('Only the first 500 tasks in web were checked.')
    expect(said).toContain('and 6 more failed reads')
  })

  test('has a text that is complete enough for a notification', () => {
    expect(text).toMatch(/^prod: \d+ findings: 1 critical, \d+ high, \d+ medium, \d+ low$/)
  })
})

test('nothing found is said, too', () => {
  expect(renderCheck(checked({ flaws: [] }), 'low').text).toBe('prod: no findings')
  expect(renderCheck(checked({ flaws: [] }), 'high').text).toBe('prod: no findings of severity high or worse')
})
