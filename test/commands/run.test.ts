import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compileConfig } from '../../src/commands/compile-config.ts'
import type { Readers } from '../../src/commands/readers.ts'
import { run } from '../../src/commands/run.ts'
import type { Plan } from '../../src/engine/change/plan.ts'
import { decodeConfig } from '../../src/engine/rules/published/decode-config.ts'
import type { RunContainer, RunSite } from '../../src/features/exec/run-site.ts'
import { isRefusal, type Refusal } from '../../src/model/errors.ts'
import { aDeployment, aReader, aRef, aService, aTaskRole } from '../builders.ts'

const yaml = readFileSync('quarterdeck.yaml', 'utf8')
const configOf = (text: string) => {
  const compiled = compileConfig(text)
  if (!('config' in compiled)) throw new Error(compiled.problems.join('\n'))
  const config = decodeConfig(JSON.stringify(compiled.config))
  if (config === undefined) throw new Error('what was published cannot be read')
  return config
}
const config = configOf(yaml)

const ROLES = ['task', 'execution'].map(kind => `arn:aws:iam::111122223333:role/orders-${kind}`)
const DEFINITION = 'arn:aws:ecs:us-east-1:111122223333:task-definition/orders-api:7'
const WHERE = {
  networkConfiguration: {
    awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'DISABLED' },
  },
  capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1, base: 0 }],
  platformVersion: '1.4.0',
}
const aContainer = (container: Partial<RunContainer> = {}): RunContainer => ({
  name: 'app',
  image: 'orders-api:v7',
  isEssential: true,
  hasEntryPoint: false,
  logDriver: 'awslogs',
  ...container,
})
type Given = {
  readonly site?: Partial<RunSite>
  readonly definition?: Partial<RunSite['definition']>
  readonly read?: Partial<Readers>
  readonly config?: typeof config
}
const aSite = ({ site, definition }: Given = {}): RunSite => ({
  service: aService(),
  clusterArn: 'arn:aws:ecs:us-east-1:111122223333:cluster/web',
  definition: {
    ...{ arn: DEFINITION, name: 'orders-api:7', isActive: true, isWindows: false, roles: ROLES },
    taskRoleArn: ROLES[0] ?? '',
    containers: [aContainer()],
    ...definition,
  },
  where: WHERE,
  ...site,
})
const planFor = async (values: object, given: Given = {}): Promise<Plan | Refusal> => {
  const again = (more: object) => `run ${JSON.stringify(more)}`
  const asker = { config: given.config ?? config, again } as never
  const read = aReader({
    runSite: async () => aSite(given),
    taskRole: async () => aTaskRole({ name: 'orders-task' }),
    ...given.read,
  })
  const state = await run.load({ service: aRef(), ...values }, read, asker)
  return isRefusal(state) ? state : run.plan(values, state)
}
const planned = async (values: object = { run: './migrate up' }, given: Given = {}): Promise<Plan> => {
  const plan = await planFor(values, given)
  if (isRefusal(plan)) throw new Error(plan.text)
  return plan
}

describe('the plan', () => {
  test('is one RunTask like the service’s own tasks, and passes the two roles', async () => {
    expect((await planned()).calls).toEqual([
      {
        service: 'ecs',
        action: 'RunTask',
        input: {
          cluster: 'arn:aws:ecs:us-east-1:111122223333:cluster/web',
          taskDefinition: DEFINITION,
          count: 1,
          ...WHERE,
          overrides: { containerOverrides: [{ name: 'app', command: ['sh', '-c', './migrate up'] }] },
        },
        resources: [DEFINITION],
        passes: ROLES,
        repeatable: true,
      },
    ])
  })

  test('is judged as exec, runs on the deployer role, and holds no lock', async () => {
    expect(await planned()).toMatchObject({
      command: 'run',
      also: ['exec'],
      role: 'deployer',
      runsCommands: true,
      isUnlocked: true,
      risk: { level: 'high' },
      undo: 'cannot be undone',
      verbatim: "sh -c './migrate up'",
      losses: [
        'The command has the permissions of the task role `orders-task`',
        'In a new task of `orders-api:7`, container `app`',
        'What it does cannot be undone',
        'Its images could not be compared: a new image may start',
      ],
    })
  })

  test('binds to the image, the container and the power of the role', async () => {
    const powerful = { taskRole: async () => aTaskRole({ name: 'admin', mayChangeRights: true, mayNearlyAll: true }) }
    const plan = await planned(undefined, { read: powerful })
    expect(plan.binds).toMatchObject({ container: 'app', image: 'orders-api:v7', 'task role': 'admin' })
    expect(plan.binds['its power']).toContain('an administrator')
    expect(plan.losses?.[2]).toContain('The role is an administrator')
  })

  test('a configured command is of medium risk: a whole task starts', async () => {
    const own = configOf(yaml.replace('  commands:\n', '  commands:\n    migrate: { argv: [./migrate, up] }\n'))
    const plan = await planned({ run: 'migrate' }, { config: own })
    expect(plan).toMatchObject({ title: 'Run *migrate* in a new task of *orders-api*', risk: { level: 'medium' } })
    expect(plan.calls[0]?.input['overrides']).toEqual({
      containerOverrides: [{ name: 'app', command: ['./migrate', 'up'] }],
    })
  })

  test('says what an entry point makes of the command', async () => {
    const containers = [aContainer({ hasEntryPoint: true })]
    const plan = await planned(undefined, { definition: { containers } })
    expect(plan.consequences[1]).toBe('The entry point in `orders-api:7` gets the command as its arguments.')
  })

  test('is not the choice of the person where a sidecar is beside the container', async () => {
    const containers = [aContainer(), aContainer({ name: 'ecs-service-connect-a1b2' })]
    expect((await planned(undefined, { definition: { containers } })).binds).toMatchObject({ container: 'app' })
  })
})

describe('is refused', () => {
  const denying = configOf(yaml.replace(/\n {2}deny: .*/, "\n  deny: ['^drop ']"))
  const without = configOf(yaml.replace(/ {6}deployer: .*\n/g, ''))
  const two = { containers: [aContainer(), aContainer({ name: 'envoy' })] }
  test.each<[string, object, Given, string]>([
    ['a denied command', { run: 'drop table' }, { config: denying }, 'This command is blocked by configuration'],
    ['a command with a secret', { run: 'curl -H "x: AKIAIOSFODNN7EXAMPLE"' }, {}, 'possible secret'],
    ['no command', {}, {}, 'Which command?'],
    ['an account without a deployer role', {}, { config: without }, 'Standalone tasks need a deployer role'],
    ['a service that is gone', { run: 'x' }, { read: { runSite: async () => undefined } }, 'no longer exists'],
    ['a service that drains', { run: 'x' }, { site: { service: aService({ status: 'DRAINING' }) } }, 'is draining'],
    ['task sets', { run: 'x' }, { definition: { arn: '' } }, 'an external controller deploys it'],
    ['a deregistered revision', { run: 'x' }, { definition: { isActive: false } }, 'was deregistered'],
    ['two containers', { run: 'x' }, { definition: two }, 'In which container?'],
    ['an unknown container', { run: 'x', container: 'web' }, {}, 'has no container `web`'],
    [
      'a container that does not end the task',
      { run: 'x' },
      { definition: { containers: [aContainer({ isEssential: false })] } },
      'is not essential',
    ],
    ['a Windows container', { run: 'x' }, { definition: { isWindows: true } }, 'has no `sh`'],
    ['a command that ECS does not take', { run: `echo ${'"'.repeat(4_500)}` }, {}, 'too long'],
  ])('%s', async (_, values, given, words) => {
    expect(await planFor(values, given)).toMatchObject({ kind: 'refusal', text: expect.stringContaining(words) })
  })

  test('of two containers, each is offered', async () => {
    const refusal = (await planFor({ run: 'x' }, { definition: two })) as Refusal
    expect(refusal.offers?.map(({ label }) => label)).toEqual(['app', 'envoy'])
  })
})

test('during a deployment the tags are not compared with those of another version', async () => {
  const deployments = [aDeployment({ rolloutState: 'IN_PROGRESS' }), aDeployment({ id: 'old', status: 'ACTIVE' })]
  const definition = { name: 'orders-api:9' }
  const plan = await planned(undefined, { site: { service: aService({ deployments }) }, definition })
  expect(plan.losses).toContain('Its images could not be compared: a new image may start')
})

describe('the log of the task', () => {
  const { logDriver: _, ...bare } = aContainer()
  const asked = { run: './migrate up' }
  const allowing = (yaml: string) => yaml.replace('  deny: [', "  unlogged: [{ targets: ['web/orders-*'] }]\n  deny: [")
  const compiled = compileConfig(allowing(readFileSync('quarterdeck.yaml', 'utf8')))
  if ('problems' in compiled) throw new Error(compiled.problems.join('\n'))
  const allowed = compiled.config

  test.each([
    ['none', bare, 'has no log configuration'],
    ['one on the host', aContainer({ logDriver: 'json-file' }), 'logs to `json-file`'],
  ])('is %s: refused in production, unless exec.unlogged allows it', async (_name, container, words) => {
    const definition = { containers: [container] }
    const refusal = (await planFor(asked, { definition })) as Refusal
    expect(refusal.text).toContain(`This task would not be logged, so it is not allowed: container \`app\``)
    expect(refusal.text).toContain(words)
    expect(refusal.hint).toContain('exec.unlogged')
    const plan = await planned(asked, { definition, config: allowed })
    expect(plan.losses).toContain('ECS does not log the task')
    expect(plan.consequences).toContain('*ECS does not log the task.*')
    expect(plan.binds['log']).toBe(container === bare ? '' : 'json-file')
  })

  test('is none outside production: the card says so', async () => {
    const site = { service: aService({ ref: aRef({ account: 'staging', accountId: '444455556666' }) }) }
    const plan = await planned(asked, { definition: { containers: [bare] }, site })
    expect(plan.losses).toContain('ECS does not log the task')
  })

  test('of any other driver is kept, and that of a sidecar is not asked for', async () => {
    for (const logDriver of ['awslogs', 'awsfirelens', 'splunk']) {
      const containers = [aContainer({ logDriver }), { ...bare, name: 'envoy', isEssential: false }]
      const plan = await planned({ ...asked, container: 'app' }, { definition: { containers } })
      expect(plan.losses).not.toContain('ECS does not log the task')
    }
  })
})
