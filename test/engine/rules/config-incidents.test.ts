// The section `incidents` of quarterdeck.yaml.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { compileConfig } from '../../../src/commands/compile-config.ts'
import { slackNames } from '../../../src/engine/rules/config-names.ts'
import { decodeConfig } from '../../../src/engine/rules/published/decode-config.ts'

const EXAMPLE = readFileSync('quarterdeck.yaml', 'utf8')
const withIncidents = (yaml: string) => `${EXAMPLE}\nincidents:\n${yaml}`
const problemsOf = (yaml: string): string => {
  const compiled = compileConfig(withIncidents(yaml))
  return 'problems' in compiled ? compiled.problems.join('\n') : ''
}

const SCHEDULE =
  '  onCall:\n    - schedule: { from: 2026-11-02T09:00:00+01:00, shift: 7d, who: [U0REQUEST, U0APPROVE] }\n'

test('channels, owners and sources of on-call people are published', () => {
  const yaml = `  channels: sev-{severity}-{service}\n  private: true\n  owners:\n    - { who: [S0OPS], accounts: [prod] }\n${SCHEDULE}    - { group: S0ONCALL, targets: [web/*] }\n    - { pagerduty: { schedules: [PI7DH85] } }\n`
  const compiled = compileConfig(withIncidents(yaml))
  expect('config' in compiled && compiled.config.incidents).toEqual({
    template: 'sev-{severity}-{service}',
    isPrivate: true,
    longestMinutes: 240,
    owners: [{ who: ['S0OPS'], accounts: ['prod'] }],
    onCall: [
      { kind: 'schedule', from: '2026-11-02T09:00:00+01:00', shiftMinutes: 10_080, who: ['U0REQUEST', 'U0APPROVE'] },
      { kind: 'group', group: 'S0ONCALL', targets: ['web/*'] },
      { kind: 'pagerduty', schedules: ['PI7DH85'], policies: [] },
    ],
  })
})

test('a configuration of an earlier version has the usual channels', () => {
  const compiled = compileConfig(EXAMPLE)
  const { incidents: _, ...before } = 'config' in compiled ? compiled.config : ({} as never)
  expect(decodeConfig(JSON.stringify(before))?.incidents).toEqual({
    template: 'inc-{date}-{service}',
    isPrivate: false,
    longestMinutes: 240,
    owners: [],
    onCall: [],
  })
})

test.each([
  ['  channels: Inc {service}\n', 'is not a name of a channel'],
  ['  channels: inc-{team}\n', 'has braces around something else than date, service, account or severity'],
  ['  channels: inc-{service\n', 'has braces around something else'],
  ['  owners:\n    - { who: [U0NOBODY] }\n', 'names U0NOBODY, who is not listed'],
  ['  owners:\n    - { who: [S0OPS], accounts: [moon] }\n', 'names moon, which is not under'],
  ['  longest: 5h\n', 'is longer than 4 hours'],
  ['  onCall:\n    - { targets: [web/*] }\n', 'needs one of `group`, `schedule` and `pagerduty`'],
  ['  onCall:\n    - { group: S0OPS, pagerduty: { schedules: [PI7DH85] } }\n', 'needs one of `group`'],
  ['  onCall:\n    - { pagerduty: {} }\n', 'names neither `schedules` nor `policies`'],
  ['  onCall:\n    - { pagerduty: { schedules: ["x&y=z"] } }\n', 'is not an id of PagerDuty'],
  ['  onCall:\n    - { pagerduty: { schedules: [PI7DH85], token: abc } }\n', 'token'],
  ['  onCall:\n    - schedule: { from: 2026-11-02, shift: 7d, who: [U0REQUEST] }\n', 'is not a time with its zone'],
  [
    '  onCall:\n    - schedule: { from: 2026-11-02T09:00:00Z, shift: 5m, who: [U0REQUEST] }\n',
    'is shorter than an hour',
  ],
  ['  onCall:\n    - schedule: { from: 2026-11-02T09:00:00Z, shift: 7d, who: [U0NOBODY] }\n', 'names U0NOBODY'],
])('%j: %s', (yaml, words) => {
  expect(problemsOf(yaml)).toContain(words)
})

test('Opsgenie is refused with the reason', () => {
  expect(problemsOf('  onCall:\n    - { opsgenie: { schedule: abc } }\n')).toContain(
    'is not supported: Opsgenie and its API end on 2027-04-05. Use `pagerduty`, `group` or `schedule`',
  )
})

test('the check against Slack knows the names', () => {
  const names = slackNames(withIncidents(`  owners:\n    - { who: [S0OPS] }\n${SCHEDULE}    - { group: S0ONCALL }\n`))
  const found = names.filter(({ path }) => path.startsWith('incidents')).map(({ id }) => id)
  expect(found).toEqual(['S0OPS', 'U0REQUEST', 'U0APPROVE', 'S0ONCALL'])
})

test('the variant of an approval rule asks for fewer approvals, or is refused', () => {
  const change = (incident: string) => {
    const found = compileConfig(
      EXAMPLE.replace(
        '  - when: { environment: production, atLeast: 50 }\n',
        `  - when: { environment: production, atLeast: 50 }\n    incident: ${incident}\n`,
      ),
    )
    return 'problems' in found ? found.problems.join('\n') : found.config.consent[1]?.incident
  }
  expect(change('{ approvals: 1 }')).toEqual({ approvals: 1 })
  expect(change('{ approvals: 2 }')).toContain('is not less than the `approvals` of the rule')
  expect(change('{ approvals: -1 }')).toContain('is less than none')
  expect(change('{ approvals: 1, approvers: [everyone] }')).toContain('approvers')
})
