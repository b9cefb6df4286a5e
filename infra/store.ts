// What the hub keeps: one table, and the key of Slack's secrets.
import { RemovalPolicy } from 'aws-cdk-lib'
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb'
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import type { Construct } from 'constructs'
import { TABLE } from './functions.ts'
import type { Statement } from './policy.ts'
import { KEY_ALIAS } from './roles.ts'

/** `appendOnly`: what the functions are denied, everybody is, by the table itself. */
export const createTable = (scope: Construct, { Sid, Action, Resource, Condition }: Statement): Table =>
  new Table(scope, 'Table', {
    tableName: TABLE,
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    timeToLiveAttribute: 'until',
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    encryption: TableEncryption.AWS_MANAGED,
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
    resourcePolicy: new PolicyDocument({
      statements: [
        new PolicyStatement({
          sid: Sid,
          effect: Effect.DENY,
          principals: [new AnyPrincipal()],
          actions: [Action].flat(),
          resources: [Resource].flat(),
          conditions: Condition ?? {},
        }),
      ],
    }),
  })

/** Whoever holds the signing secret is everybody in Slack: only the functions decrypt, whatever else the account allows. */
export const createSecretsKey = (scope: Construct, readers: readonly string[]): Key => {
  const key = new Key(scope, 'SecretsKey', {
    alias: KEY_ALIAS,
    description: 'Quarterdeck: the SecureString parameters under /quarterdeck/slack',
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
  })
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'OnlyTheFunctionsDecrypt',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['kms:Decrypt', 'kms:ReEncryptFrom'],
      resources: ['*'],
      conditions: { ArnNotEquals: { 'aws:PrincipalArn': readers } },
    }),
  )
  return key
}
