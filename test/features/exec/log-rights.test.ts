import { expect, test } from 'vitest'
import { logNeeds } from '../../../src/features/exec/log-rights.ts'

const SESSION = 'ecs-execute-command-00000000000000000'
const place = (partition = 'aws', region = 'us-east-1') => ({ accountId: '111122223333', region, partition })
const asked = (...given: Parameters<typeof logNeeds>) =>
  logNeeds(...given).map(({ action, simulated: about }) => [action, about])

test('nothing is asked of a log that the cluster does not name', () => {
  expect(logNeeds({ clusterArn: '', log: 'the task’s own log group, if it has one' }, place())).toEqual([])
})

test.each([
  ['aws-cn', 'cn-north-1'],
  ['aws-us-gov', 'us-gov-west-1'],
])('in %s the ARNs are its own', (partition, region) => {
  const site = { clusterArn: '', logGroup: '/ecs/exec', logBucket: { name: 'audit', prefix: '' } }
  const arns = asked(site, place(partition, region)).map(([, about]) => about)
  expect(arns).toContain(`arn:${partition}:logs:${region}:111122223333:log-group:/ecs/exec:log-stream:${SESSION}`)
  expect(arns).toContain(`arn:${partition}:s3:::audit/${SESSION}.log`)
})

test.each([
  ['', `audit/${SESSION}.log`, 'audit/*'],
  ['web', `audit/web/${SESSION}.log`, 'audit/web/*'],
  ['web/a/', `audit/web/a/${SESSION}.log`, 'audit/web/a/*'],
])('the prefix “%s” is a folder', (prefix, about, resource) => {
  const [need] = logNeeds({ clusterArn: '', logBucket: { name: 'audit', prefix } }, place())
  expect(need).toEqual({
    action: 's3:PutObject',
    resource: `arn:aws:s3:::${resource}`,
    simulated: `arn:aws:s3:::${about}`,
    loses: 'bucket',
  })
})

test('what has to be encrypted is looked at first, so that a right to look is the session’s', () => {
  const site = { clusterArn: '', logGroup: 'g', logBucket: { name: 'audit', prefix: '' } }
  const ofSession = (sealed: readonly ('group' | 'bucket')[]) =>
    logNeeds({ ...site, sealed }, place())
      .filter(({ loses }) => loses === undefined)
      .map(({ action }) => action)
  expect(ofSession([])).toEqual([])
  expect(ofSession(['group', 'bucket'])).toEqual(['logs:DescribeLogGroups', 's3:GetEncryptionConfiguration'])
})
