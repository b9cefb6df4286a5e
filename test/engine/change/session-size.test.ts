// AWS packs a session policy and the session's tags into one space, which it does not publish in characters. So the policy of
// each command's largest ordinary plan stays, with its tags, well below the 2,048 characters of the policy alone.
import { expect, test } from 'vitest'
import { commands } from '../../../src/commands/index.ts'
import { channelPolicy, sessionPolicy } from '../../../src/engine/change/session-policy.ts'
import { command, largestPlans, SESSION } from './largest-plans.ts'

const MOST_WITH_TAGS = 1_700

/** As gateways/ports.ts sends them, with three approvers. */
const TAGS = [
  'quarterdeck:operation',
  '8fac260597f64d1c9a3e',
  'quarterdeck:approvers',
  'U0123456789 U0123456789 U0123456789',
]
const tagsLength = TAGS.join('').length

const sizes = [
  ...largestPlans.map(plan => ({
    command: plan.command,
    calls: plan.calls.map(({ action }) => action).join(', '),
    policy: String(sessionPolicy(plan.calls)).length,
  })),
  { command: 'exec', calls: 'the channel', policy: channelPolicy(command, SESSION).length },
].map(one => ({ ...one, 'with tags': one.policy + tagsLength }))

test('the largest ordinary plan of each command leaves room in its session', () => {
  console.table(sizes)
  for (const { command, calls, 'with tags': size } of sizes)
    expect(size, `${command}: ${calls}`).toBeLessThanOrEqual(MOST_WITH_TAGS)
})

/** Their calls change our own store. */
const WITHOUT_AWS = ['capacity return', 'lease extend', 'lease keep']

test('each command with calls to AWS has its largest plan here', () => {
  const mutations = commands.flatMap(one => ('writes' in one ? [one.name] : []))
  const measured = new Set(largestPlans.map(plan => plan.command))
  expect(mutations.filter(name => !measured.has(name)).toSorted()).toEqual(WITHOUT_AWS)
})
