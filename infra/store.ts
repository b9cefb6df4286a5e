// The hub's DynamoDB table, and the KMS key that encrypts Slack's secrets.
import { RemovalPolicy } from 'aws-cdk-lib'
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb'
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import type { Construct } from 'constructs'
import { TABLE } from './functions.ts'
import { KEY_ALIAS } from './names.ts'
import type { Statement } from './policy.ts'

/**
 * Creates the table. Its resource policy contains the given statement, which denies these actions to everyone. The policies of
 * the functions' roles deny them too.
 */
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

/**
 * Creates the key. Only the functions may decrypt with this key, because a person with the signing secret could forge requests of
 * every Slack user.
 */
export const createSecretsKey = (scope: Construct, readers: readonly string[]): Key => {
  const key = new Key(scope, 'SecretsKey', {
    alias: KEY_ALIAS,
    description: 'Quarterdeck: the SecureString parameters under /quarterdeck/slack',
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
  })
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'OnlyFunctionsDecrypt',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['kms:Decrypt', 'kms:ReEncryptFrom'],
      resources: ['*'],
      conditions: { ArnNotEquals: { 'aws:PrincipalArn': readers } },
    }),
  )
  return key
}
