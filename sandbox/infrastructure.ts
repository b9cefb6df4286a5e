// Deploys Quarterdeck's infrastructure into the sandbox: roles, the table, parameters, schedules, and the functions with their
// environment.
import { fileURLToPath } from 'node:url'
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb'
import { hubRoles, RECURRING, toExport, toSchedule } from '../infra/hub-roles.ts'
import { auditBucketName, SCHEDULE_GROUP } from '../infra/names.ts'
import type { Role } from '../infra/policy.ts'
import { spokeRoles } from '../infra/spoke-roles.ts'
import type { Aws } from './aws/aws.ts'
import { type Keys, localUser } from './aws/wire/credentials.ts'
import type { FunctionSpec } from './lambda/functions.ts'
import { BOT } from './slack/seed.ts'
import type { Clock } from './world/clock.ts'

/** The account and region in which Quarterdeck itself runs. */
export const HUB = { account: '111122223333', region: 'us-east-1' } as const
const ACCOUNTS = ['111122223333', '444455556666']
const TABLE = 'quarterdeck'
export const ROOT = fileURLToPath(new URL('..', import.meta.url))

const FILES = {
  slack: 'slack/index.cjs',
  query: 'query/index.mjs',
  decision: 'decision/index.mjs',
  operation: 'operation/index.mjs',
  schedule: 'schedule/index.mjs',
  events: 'events/index.mjs',
  export: 'export/index.mjs',
} as const
export type FunctionName = keyof typeof FILES

/** The addresses that the environment of a container needs. They are known only after the servers have started to listen. */
type Network = { readonly aws: Pick<Aws, 'credentials' | 'url'>; readonly url: string }

/** The specifications of the functions as in infra/functions.ts. `dist`: the folder of the bundles. */
export const functionSpecs = (dist: string, network: () => Network): readonly FunctionSpec[] =>
  (Object.keys(FILES) as FunctionName[]).map(name => ({
    name: `quarterdeck-${name}`,
    file: `${dist}/${FILES[name]}`,
    arn: `arn:aws:lambda:${HUB.region}:${HUB.account}:function:quarterdeck-${name}`,
    timeoutMs: name === 'slack' ? 10_000 : name === 'operation' ? 900_000 : 300_000,
    durable: name === 'operation',
    // As in infra/hub-stack.ts, the query function has no retries: an answer that arrives minutes later is of no use.
    ...(name === 'query' && { retries: 0 }),
    env: (container, warmEnv) => environment({ name, container, ...(warmEnv && { warmEnv }) }, network()),
  }))

type ContainerOf = {
  readonly name: FunctionName
  readonly container: string
  readonly warmEnv?: Readonly<Record<string, string>>
}

/** The environment variables of a container: those that Lambda sets, and those that our infrastructure sets. */
const environment = ({ name, container, warmEnv }: ContainerOf, { aws, url }: Network) => {
  const role = `quarterdeck-${name}`
  const holder = {
    account: HUB.account,
    arn: `arn:aws:sts::${HUB.account}:assumed-role/${role}/${role}`,
    roleArn: `arn:aws:iam::${HUB.account}:role/${role}`,
    userId: `AROAQUARTERDECK${name.toUpperCase()}:${role}`,
    container,
  }
  const credential = aws.credentials.issue(holder, warmEnv && keysIn(warmEnv))
  return {
    AWS_REGION: HUB.region,
    AWS_ACCESS_KEY_ID: credential.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credential.secretAccessKey,
    AWS_SESSION_TOKEN: credential.sessionToken ?? '',
    AWS_ENDPOINT_URL: aws.url,
    AWS_LAMBDA_FUNCTION_NAME: role,
    SLACK_API_URL: `${url}/api/`,
    TABLE,
    QUERY_FUNCTION: 'quarterdeck-query',
    DECISION_FUNCTION: 'quarterdeck-decision',
    OPERATION_FUNCTION: 'quarterdeck-operation:live',
    GATES_FUNCTION: 'quarterdeck-schedule',
    ...toSchedule(HUB),
    ...toExport(HUB),
  }
}

const keysIn = ({
  AWS_ACCESS_KEY_ID = '',
  AWS_SECRET_ACCESS_KEY = '',
  AWS_SESSION_TOKEN = '',
}: Readonly<Record<string, string>>): Keys => ({
  accessKeyId: AWS_ACCESS_KEY_ID,
  secretAccessKey: AWS_SECRET_ACCESS_KEY,
  sessionToken: AWS_SESSION_TOKEN,
})

type Deployed = { readonly aws: Aws; readonly clock: Clock }

/** Deploys all infrastructure except the functions and the configuration. The simulated AWS must already listen. */
export const deployInfrastructure = async (
  deployed: Deployed,
  secrets: { readonly signingSecret: string; readonly botToken: string },
): Promise<void> => {
  addRoles(deployed.aws)
  deployed.aws.scheduler.addGroup(HUB, SCHEDULE_GROUP)
  deployed.aws.buckets.add(HUB, auditBucketName(HUB))
  putParameter(deployed, '/quarterdeck/slack/signing-secret', secrets.signingSecret, 'SecureString')
  putParameter(deployed, '/quarterdeck/slack/bot-token', secrets.botToken, 'SecureString')
  putParameter(deployed, '/quarterdeck/slack/bot-identity', `${BOT.botId} ${BOT.userId}`)
  await createTable(deployed.aws)
}

/** Publishes the configuration. `json`: the JSON text that compileConfig returns. */
export const putConfig = (deployed: Deployed, json: string): void => putParameter(deployed, '/quarterdeck/config', json)

/** Adds the schedules that refresh the service index and send the digests. */
export const addRecurring = ({ scheduler }: Aws): void => {
  for (const { name, expression, input } of RECURRING)
    scheduler.add(HUB, {
      Name: name,
      GroupName: SCHEDULE_GROUP,
      ScheduleExpression: expression,
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: toSchedule(HUB)['SCHEDULE_FUNCTION'],
        RoleArn: toSchedule(HUB)['SCHEDULER_ROLE'],
        Input: input,
      },
    })
}

/** Adds the roles. Their policy documents are those that infra/ deploys. */
const addRoles = ({ roles }: Aws): void => {
  const add = (account: string, { name, trustPolicy, policies, boundary, maxSessionSeconds }: Role) =>
    roles.add({
      account,
      name,
      trustPolicy,
      policies,
      maxSessionDuration: maxSessionSeconds,
      ...(boundary && { boundary }),
    })
  for (const role of hubRoles({ ...HUB, table: TABLE })) add(HUB.account, role)
  for (const account of ACCOUNTS) for (const role of spokeRoles({ account, hub: HUB.account })) add(account, role)
}

const putParameter = (
  { aws, clock }: Deployed,
  name: string,
  value: string,
  type: 'String' | 'SecureString' = 'String',
): void => {
  aws.parameters.put(HUB, name, { value, type, at: clock.now(), by: localUser.arn })
}

const createTable = async ({ url }: Aws): Promise<void> => {
  const client = new DynamoDBClient({
    region: HUB.region,
    endpoint: url,
    credentials: { accessKeyId: localUser.accessKeyId, secretAccessKey: localUser.secretAccessKey },
  })
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  )
  // As in AWS, CreateTable returns before the table is ACTIVE, and requests are refused until the table is ACTIVE.
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 0.01, maxDelay: 0.1 }, { TableName: TABLE })
  client.destroy()
}
