// The IAM condition keys that the fields of a request set. A key whose field is not sent is absent, so `Null` fences it.
// Source: service authorization reference (condition keys of each action); API references (fields).

/** By action, then by the field that sets the keys. */
export const REQUEST_KEYS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'ecs:UpdateService': {
    taskDefinition: ['ecs:task-definition', 'ecs:task-cpu', 'ecs:task-memory'],
    capacityProviderStrategy: ['ecs:capacity-provider'],
    enableExecuteCommand: ['ecs:enable-execute-command'],
    networkConfiguration: ['ecs:subnet', 'ecs:auto-assign-public-ip'],
    propagateTags: ['ecs:propagate-tags'],
    enableECSManagedTags: ['ecs:enable-ecs-managed-tags'],
    serviceConnectConfiguration: ['ecs:enable-service-connect', 'ecs:namespace'],
    vpcLatticeConfigurations: ['ecs:enable-vpc-lattice'],
    volumeConfigurations: ['ecs:enable-ebs-volumes'],
  },
  'ecs:UpdateExpressGatewayService': {
    taskDefinitionArn: ['ecs:task-definition'],
    cpu: ['ecs:task-cpu'],
    memory: ['ecs:task-memory'],
    networkConfiguration: ['ecs:subnet'],
  },
  'ecs:RunTask': {
    taskDefinition: ['ecs:task-cpu', 'ecs:task-memory'],
    capacityProviderStrategy: ['ecs:capacity-provider'],
    enableExecuteCommand: ['ecs:enable-execute-command'],
    volumeConfigurations: ['ecs:enable-ebs-volumes'],
    tags: ['aws:TagKeys'],
  },
  'ecs:PutClusterCapacityProviders': { capacityProviders: ['ecs:capacity-provider'] },
  // `aws:RequestTag/…` has a name for each tag; it is there only together with `aws:TagKeys`.
  'application-autoscaling:RegisterScalableTarget': { Tags: ['aws:TagKeys'] },
  'cloudwatch:PutMetricAlarm': { Tags: ['aws:TagKeys'] },
}

/** Fields that no command sends: the role's own policy fences them, and the long policy of a deployment leaves them out. */
const SENT_BY_NO_COMMAND: readonly string[] = [
  'propagateTags',
  'enableECSManagedTags',
  'serviceConnectConfiguration',
  'vpcLatticeConfigurations',
  'volumeConfigurations',
]

/** An empty list sets no key. */
const isSent = (field: string, input: Readonly<Record<string, unknown>>): boolean => {
  const value = input[field]
  return value !== undefined && !(Array.isArray(value) && value.length === 0)
}

/** The keys that must be absent from this request. */
export const absentKeys = (action: string, input: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.entries(REQUEST_KEYS[action] ?? {})
    .filter(([field]) => !isSent(field, input) && !('taskDefinition' in input && SENT_BY_NO_COMMAND.includes(field)))
    .flatMap(([, keys]) => keys)
