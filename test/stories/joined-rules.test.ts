// A change that also makes the change of another command meets the rules about both.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pass } from '../world/driving.ts'
import { aStory, type StoryWorld } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
  world.aws.images.push('111122223333.dkr.ecr.us-east-1.amazonaws.com/search:v9', world.clock.now() - 12 * MINUTE)
})
afterEach(() => world.stop())

const MINUTE = 60_000
const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')
const DEPLOY = 'deploy prod.us-east-1/web/search v9'
const OPERATES = '  - { who: [U0OUTSIDE], role: operator }\n'

const publish = (rules: string, access = '') =>
  world.publish(
    EXAMPLE.replace('  U0REQUEST:', '  U0OUTSIDE: outside@example.com\n  U0REQUEST:')
      .replace('access:\n', `access:\n${access}`)
      .replace(/approvals:\n[\s\S]*?\n\n/, `approvals:\n${rules}\n`),
  )

const OWN_RESTARTS = `  - { when: { commands: [restart] }, approvals: 1, approvers: [operators], self: true }
  - { when: { commands: [deploy] }, approvals: 1, approvers: [U0OUTSIDE] }
  - { approvals: 1, approvers: [U0OUTSIDE] }
`

test('who may approve their own restart does not deploy alone', async () => {
  await publish(OWN_RESTARTS, OPERATES)
  await world.type(DEPLOY)
  expect(world.card()).toMatch(/Needs 1: @outsider|Needs 1: @U0OUTSIDE/)
  await world.click('approve', 'U0REQUEST')
  expect(world.told('U0REQUEST')).toContain('You requested this change')
  await world.click('approve', 'U0OUTSIDE')
  await pass(20 * MINUTE, world)
  expect(world.card()).toMatch(/Done · prod · Deploy search[\s\S]*requested by requester, approved by outsider\n/)
  expect(await world.details('U0OUTSIDE')).toContain('approval rules 1 and 2')
})

test('where nobody is named by both rules, it is refused with both', async () => {
  await publish(OWN_RESTARTS)
  expect(await world.type(DEPLOY)).toContain('approval rule 1 names operators, approval rule 2 names U0OUTSIDE')
  expect(await world.type('capacity set prod.us-east-1/web/search fargate=1 spot=1')).toContain(
    'nobody can approve now',
  )
})

test('a general rule with more approvals does not replace the approvers of the rule about deployments', async () => {
  await publish(`  - { when: { commands: [deploy] }, approvals: 1, approvers: [U0OUTSIDE, U0SECOND] }
  - { approvals: 2, approvers: [operators], self: true }
`)
  expect(await world.type(DEPLOY)).toContain('This needs 2 approvals, and only second.approver@example.com')
})

test('a deployment that no rule is about is refused where restarts are free', async () => {
  await publish(`  - { when: { commands: [restart] }, approvals: 0 }
  - { when: { commands: [scale] }, approvals: 1, approvers: [operators] }
`)
  expect(await world.type(DEPLOY)).toContain('No approval rule matches this change')
  expect(await world.type('capacity set prod.us-east-1/web/search spot=1')).toContain('No approval rule matches')
})

test.each([
  ['autoscale bounds', 'scale prod.us-east-1/web/checkout 30 --move-bounds'],
  ['autoscale suspend', 'scale prod.us-east-1/web/checkout 8 --suspend --for 1h'],
  ['restart', DEPLOY],
])('a change that also makes that of %s is refused where no rule is about it', async (command, line) => {
  await publish(`  - { when: { commands: [scale, deploy] }, approvals: 0 }
`)
  expect(await world.type(line)).toContain(`No approval rule matches ${command}, which this change also makes`)
  expect(world.cards()).toEqual([])
})

test('a deployment whose watch may roll it back meets the rule about rollbacks', async () => {
  alarmed()
  await publish(
    `  - { when: { commands: [rollback] }, approvals: 1, approvers: [U0OUTSIDE] }
  - { approvals: 1, approvers: [operators] }
`,
    OPERATES,
  )
  await world.type(`${DEPLOY} --watch 20m`)
  await world.click('approve', 'U0APPROVE')
  expect(world.told('U0APPROVE')).toContain('may not approve or reject this')
  await world.click('approve', 'U0OUTSIDE')
  await world.until(() => world.card().startsWith('✅ Watching'))
})

const alarmed = (): void => {
  const service = world.service('web/search')
  const alarm = world.autoscaling.putAlarm(service.cluster, {
    ...{ AlarmName: 'search-5xx', Namespace: 'AWS/ApplicationELB', MetricName: 'HTTPCode_Target_5XX_Count' },
    ...{ Dimensions: [], Statistic: 'Sum', Period: 60, EvaluationPeriods: 1, Threshold: 10 },
    ComparisonOperator: 'GreaterThanThreshold',
  })
  world.autoscaling.setAlarmState(alarm, 'OK', 'set by the test')
  service.deploymentConfiguration = {
    ...service.deploymentConfiguration,
    alarms: { alarmNames: ['search-5xx'], enable: true, rollback: true },
  }
}
