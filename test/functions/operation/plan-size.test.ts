// A plan is kept whole by AWS, which counts bytes of JSON: the longest names, the most of everything, the worst commands.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compileConfig } from '../../../src/commands/compile-config.ts'
import { scale } from '../../../src/commands/scale/scale.ts'
import { fingerprint, type Plan, planDifferences } from '../../../src/engine/change/plan.ts'
import type { Asker } from '../../../src/engine/rules/asker.ts'
import { execCallsOf } from '../../../src/features/exec/calls.ts'
import { loadExec } from '../../../src/features/exec/load-exec.ts'
import { planExec } from '../../../src/features/exec/plan-exec.ts'
import type { ExecContainer, ExecSite } from '../../../src/features/exec/site.ts'
import { limitPlanSize } from '../../../src/functions/operation/plan-size.ts'
import type { Proposal } from '../../../src/functions/prepare/proposal.ts'
import { jsonBytes, MOST_PAYLOAD_BYTES } from '../../../src/model/bytes.ts'
import { isRefusal } from '../../../src/model/errors.ts'
import { anAutoscaling, aRef, aScaling, aService, aTaskRole } from '../../builders.ts'
import { emoji, japanese, quotes, WORST } from '../../worst.ts'

/** What else a proposal has: small, but for the reason. */
const proposed = (plan: Plan): Proposal => ({
  kind: 'proposal',
  plan,
  verdict: { kind: 'free', why: 'nobody is asked', corporateId: 'requester@example.com' } as Proposal['verdict'],
  reason: emoji(500),
  isDryRun: false,
  isBreakGlass: false,
  configVersion: 'a'.repeat(64),
})

const compiled = () => {
  const result = compileConfig(readFileSync('quarterdeck.yaml', 'utf8'))
  if ('problems' in result) throw new Error(result.problems.join('\n'))
  return result.config
}
/** Names as long as ECS lets them be. */
const CLUSTER = 'c'.repeat(255)
const REF = aRef({ cluster: CLUSTER, service: 's'.repeat(255) })
const CLUSTER_ARN = `arn:aws:ecs:us-east-1:111122223333:cluster/${CLUSTER}`

const aContainer = (name: string, at: number): ExecContainer => ({
  name,
  image: `111122223333.dkr.ecr.us-east-1.amazonaws.com/${'i'.repeat(256)}@sha256:${'a'.repeat(64)}`,
  runtimeId: `${'0'.repeat(32)}-${at}`,
  status: 'RUNNING',
  agent: { status: 'RUNNING' },
  isRootReadOnly: false,
  awsKeys: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'],
})
const aSite = (count = 50): ExecSite => ({
  clusterArn: CLUSTER_ARN,
  log: `log group /ecs/${'l'.repeat(507)}, and bucket ${'b'.repeat(63)}`,
  logGroup: `/ecs/${'l'.repeat(507)}`,
  logBucket: { name: 'b'.repeat(63), prefix: 'p'.repeat(500) },
  key: `arn:aws:kms:us-east-1:111122223333:key/${'k'.repeat(36)}`,
  tasks: Array.from({ length: count }, (_, at) => {
    const id = `${at}`.padStart(32, '0')
    return {
      id,
      arn: `arn:aws:ecs:us-east-1:111122223333:task/${CLUSTER}/${id}`,
      status: 'RUNNING',
      isEnabled: true,
      isConnected: true,
      startedAt: '2026-11-22T01:00:00.000Z',
      zone: 'us-gov-west-1a',
      platform: '1.4.0',
      definition: `${'f'.repeat(255)}:${at < 25 ? 7 : 8}`,
      isWindows: false,
      pidMode: 'task',
      taskRole: 'r'.repeat(64),
      taskRoleArn: `arn:aws:iam::111122223333:role/${'r'.repeat(64)}`,
      containers: Array.from({ length: 10 }, (_, nth) => aContainer(`${nth}`.padEnd(255, 'n'), nth)),
    }
  }),
})

const planned = async (run: string, site = aSite()): Promise<Plan> => {
  const own = {
    config: compiled(),
    who: { corporateId: 'requester@example.com' },
    again: (values: object) => `exec ${JSON.stringify(values)} -- ${run}`,
  } as unknown as Asker
  const asked = { run, all: true, container: site.tasks[0]?.containers[0]?.name ?? '' }
  const read = { execSite: async () => site, taskRole: async () => aTaskRole(), endpoints: async () => undefined }
  const state = await loadExec(REF, asked, { read, asker: own })
  if (isRefusal(state)) throw new Error(state.text)
  const plan = planExec(state)
  if (isRefusal(plan)) throw new Error(plan.text)
  return plan
}

describe('a command in fifty tasks', () => {
  test.each(WORST)('of %s is kept', async (_, worst) => {
    const proposal = proposed(await planned(worst(1_880)))
    expect(limitPlanSize(proposal).kind).toBe('proposal')
  })

  test('stands once in its plan, and every task runs it', async () => {
    const plan = await planned(quotes(1_880))
    expect(JSON.stringify(plan.calls).split('"argv"')).toHaveLength(2)
    const calls = execCallsOf(plan)
    expect(calls).toHaveLength(50)
    for (const { argv } of calls) expect(argv).toEqual(['sh', '-c', quotes(1_880)])
    expect(new Set(calls.map(({ input }) => input['task'])).size).toBe(50)
  })

  test('binds consent to its words and to every task', async () => {
    const plan = await planned('uptime')
    const first = fingerprint(plan)
    expect(fingerprint(await planned('uptime'))).toBe(first)
    expect(fingerprint(await planned('uptime -p'))).not.toBe(first)
    for (const [at] of plan.calls.entries())
      expect(fingerprint({ ...plan, calls: plan.calls.filter((_, other) => other !== at) })).not.toBe(first)
  })

  test('of a plan in which each task has it, as plans once did, is the same command', async () => {
    const plan = await planned(japanese(100))
    const older = { ...plan, calls: execCallsOf(plan) }
    expect(execCallsOf(older)).toEqual(execCallsOf(plan))
  })

  test('that is another one, in other tasks: the difference is a few lines', async () => {
    const lines = planDifferences(await planned(quotes(1_880)), await planned(japanese(1_880), aSite(49)))
    expect(lines).toContain('the calls to AWS have changed')
    expect(lines.some(line => line.startsWith('tasks: '))).toBe(true)
    expect(jsonBytes(lines)).toBeLessThan(7_000)
  })
})

test.each([{}, { suspend: true }, { 'move-bounds': true }, { for: 120 }])(
  'a change of a service with everything that Application Auto Scaling allows is kept: %j',
  flags => {
    const says = `keeps ${'m'.repeat(255)} at 60%`
    const plan = scale.plan(
      { count: { kind: 'exactly', tasks: 5_000 }, ...flags },
      aScaling({
        service: aService({ ref: REF, capacity: Array.from({ length: 20 }, () => 'p'.repeat(255)).join(', ') }),
        autoscaling: anAutoscaling({
          policies: Array.from({ length: 50 }, () => ({
            name: 'n'.repeat(256),
            kind: 'target tracking',
            says,
            scalesIn: true,
            scalesOut: true,
          })),
          schedules: Array.from({ length: 200 }, (_, at) => ({
            name: `${at}`.padEnd(256, '"'),
            expression: 'rate(1 hour)',
            timezone: 'America/Argentina/ComodRivadavia',
            min: at,
            max: 5_000,
          })),
        }),
        protectedTasks: Array.from({ length: 100 }, (_, at) => ({
          id: `${at}`.padStart(32, '0'),
          until: '2026-11-22T04:00:00.000Z',
        })),
      }),
    )
    if (isRefusal(plan)) throw new Error(plan.text)
    expect(jsonBytes(limitPlanSize(proposed(plan)))).toBeLessThan(20_000)
    expect(limitPlanSize(proposed(plan)).kind).toBe('proposal')
  },
)

test('a plan that is too large all the same is refused, in words', async () => {
  const plan = await planned('uptime')
  const large = limitPlanSize(proposed({ ...plan, consequences: ['x'.repeat(MOST_PAYLOAD_BYTES)] }))
  expect(large).toMatchObject({ kind: 'refusal', text: expect.stringContaining('too large') })
})
