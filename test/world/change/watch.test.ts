// A watch after a deployment, through the built handlers: as whom it goes back, and what deaths on the way leave.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Alarm } from '../../../sandbox/world/autoscaling/state.ts'
import type { Service } from '../../../sandbox/world/state.ts'
import { ENDED } from '../ends.ts'
import { aWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await aWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.aws.throttle.reset())

const FUNCTION = 'quarterdeck-operation'
const search = (): Service => world.service('web/search')
const runs = () => search().deployments[0]?.revision.spec.taskDefinition.revision
const over = () => world.until(() => ENDED.test(world.card()))
const isSteady = () =>
  world.until(() => search().deployments.length === 1 && search().deployments[0]?.rolloutState === 'COMPLETED')

const anAlarm = (): Alarm => {
  const alarm = world.autoscaling.putAlarm(search().cluster, {
    AlarmName: 'search-5xx',
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'HTTPCode_Target_5XX_Count',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 10,
    ComparisonOperator: 'GreaterThanThreshold',
  })
  world.autoscaling.setAlarmState(alarm, 'OK', 'set by the test')
  return alarm
}

/** Two revisions take turns: what runs, and the other one. */
const watched = async (): Promise<Alarm> => {
  const alarm = anAlarm()
  await world.type(`deploy prod.us-east-1/web/search search:${runs() === 2 ? 1 : 2} --watch 20m --alarm search-5xx`)
  await world.click('approve')
  await world.until(() => world.card().startsWith('✅ Watching'))
  return alarm
}

test.each([
  ['nothing dies', undefined],
  ['killed as it reads the alarms', { action: 'DescribeAlarms', when: 'before', effect: 'kill' }],
  ['killed before it goes back', { action: 'UpdateService', when: 'before', effect: 'kill' }],
  ['killed after it went back', { action: 'UpdateService', when: 'after', effect: 'kill' }],
  ['the answer is lost', { action: 'UpdateService', when: 'after', effect: 'drop' }],
] as const)('%s: it goes back once, as the requester', async (_, fault) => {
  const before = runs()
  const started = world.calls('UpdateService').length
  const alarm = await watched()
  expect(runs()).not.toBe(before)
  if (fault !== undefined)
    world.aws.faults.add({
      match: { function: FUNCTION, action: fault.action },
      when: fault.when,
      effect: { kind: fault.effect },
    })
  world.autoscaling.setAlarmState(alarm, 'ALARM', 'set by the test')
  await over()
  expect(world.card()).toMatch(/^❌ Rolled back · .*: alarm search-5xx fired \d+ s after the deployment/)
  await isSteady()
  expect(runs()).toBe(before)
  const calls = world.calls('UpdateService').slice(started)
  expect(new Set(calls.slice(1).map(({ input }) => JSON.stringify(input))).size).toBe(1)
  expect(calls.at(-1)?.arn).toContain('assumed-role/quarterdeck-deployer/U0REQUEST-')
  const kinds = (await world.audit('111122223333')).map(({ kind, outcome }) => outcome ?? kind).slice(-4)
  expect(kinds).toEqual(['intent', 'done', 'intent', 'failed'])
})
