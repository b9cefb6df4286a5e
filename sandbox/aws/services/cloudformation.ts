// AWS CloudFormation, only its reads: the stack that created a resource, and its template. The texts `Stack with id …
// does not exist` and `Stack for … does not exist` are those that the AWS CLI shows.

import type {
  DescribeStackResourcesInput,
  DescribeStacksInput,
  GetTemplateInput,
  ListStackResourcesInput,
} from '@aws-sdk/client-cloudformation'
import * as client from '@aws-sdk/client-cloudformation'
import type { Place } from '../../world/place.ts'
import type { Stack, StackResource, Stacks } from '../../world/stacks.ts'
import rules from '../wire/constraints/cloudformation.json' with { type: 'json' }
import { modelError } from '../wire/constraints.ts'
import { awsQuery } from '../wire/protocol.ts'
import { AwsError, type AwsService, type Call } from '../wire/service.ts'

const protocol = awsQuery({
  version: '2010-05-15',
  namespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
  client,
  rules,
  refuse: modelError('ValidationError'),
})

const placeOf = ({ caller, region }: Call): Place => ({ account: caller.account, region })

const invalid = (message: string) => new AwsError('ValidationError', message)

const expectStack = (stacks: Stacks, call: Call, given: string | undefined): Stack => {
  const stack = given === undefined ? undefined : stacks.find(placeOf(call), given)
  if (!stack) throw invalid(`Stack with id ${given ?? 'null'} does not exist`)
  return stack
}

const viewStack = ({ id, name, createdAt, tags }: Stack) => ({
  StackId: id,
  StackName: name,
  CreationTime: new Date(createdAt),
  StackStatus: 'CREATE_COMPLETE',
  DisableRollback: false,
  NotificationARNs: [],
  Capabilities: ['CAPABILITY_IAM'],
  DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
})

const viewResource = (stack: Stack, { logicalId, physicalId, type }: StackResource) => ({
  StackName: stack.name,
  StackId: stack.id,
  LogicalResourceId: logicalId,
  PhysicalResourceId: physicalId,
  ResourceType: type,
  Timestamp: new Date(stack.createdAt),
  ResourceStatus: 'CREATE_COMPLETE',
  DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
})

const describeStacks = (stacks: Stacks, { StackName }: DescribeStacksInput, call: Call) => ({
  Stacks: (StackName === undefined ? stacks.list(placeOf(call)) : [expectStack(stacks, call, StackName)]).map(
    viewStack,
  ),
})

/**
 * The stack that a request names by name or id. For a physical id, the result is the stack that contains the resource, with
 * all its resources (CloudFormation API reference).
 */
const stackAsked = (stacks: Stacks, { StackName, PhysicalResourceId }: DescribeStackResourcesInput, call: Call) => {
  if ((StackName === undefined) === (PhysicalResourceId === undefined))
    throw invalid('Either StackName or PhysicalResourceId must be specified, but not both')
  if (PhysicalResourceId === undefined) return expectStack(stacks, call, StackName)
  const stack = stacks.ofResource(placeOf(call), PhysicalResourceId)
  if (!stack) throw invalid(`Stack for ${PhysicalResourceId} does not exist`)
  return stack
}

const describeResources = (stacks: Stacks, input: DescribeStackResourcesInput, call: Call) => {
  const stack = stackAsked(stacks, input, call)
  const chosen = stack.resources.filter(({ logicalId }) => (input.LogicalResourceId ?? logicalId) === logicalId)
  return { StackResources: chosen.slice(0, PAGE).map(resource => viewResource(stack, resource)) }
}

/** The page size (CloudFormation API reference, ListStackResources). DescribeStackResources returns only 100, no token. */
const PAGE = 100

const listResources = (stacks: Stacks, { StackName, NextToken = '0' }: ListStackResourcesInput, call: Call) => {
  const stack = expectStack(stacks, call, StackName)
  const start = Number(NextToken)
  if (!Number.isInteger(start) || start < 0) throw invalid('NextToken is invalid')
  const end = start + PAGE
  return {
    StackResourceSummaries: stack.resources.slice(start, end).map(resource => {
      const { Timestamp: LastUpdatedTimestamp, ...view } = viewResource(stack, resource)
      return { ...view, LastUpdatedTimestamp }
    }),
    ...(end < stack.resources.length && { NextToken: `${end}` }),
  }
}

/** GetTemplate. Without transforms, the processed template is the same as the original. */
const getTemplate = (stacks: Stacks, { StackName }: GetTemplateInput, call: Call) => {
  const { template } = expectStack(stacks, call, StackName)
  return { TemplateBody: template, StagesAvailable: ['Original', 'Processed'] }
}

/**
 * The resources to authorize: the requested stack, or the ARN that a missing stack would have. For a physical id, the
 * stack is not known before the call is executed.
 */
const resourcesOf = (stacks: Stacks, call: Call) => {
  const { StackName } = call.input as { readonly StackName?: string }
  if (StackName === undefined) return []
  const { account, region } = placeOf(call)
  const stack = stacks.find({ account, region }, StackName)
  const unknown = StackName.startsWith('arn:')
    ? StackName
    : `arn:aws:cloudformation:${region}:${account}:stack/${StackName}/*`
  return [{ arn: stack?.id ?? unknown, ...(stack && { tags: stack.tags }) }]
}

export const createCloudformation = (stacks: Stacks): AwsService => ({
  name: 'cloudformation',
  protocol,
  operations: {
    DescribeStacks: (input: DescribeStacksInput, call) => describeStacks(stacks, input, call),
    DescribeStackResources: (input: DescribeStackResourcesInput, call) => describeResources(stacks, input, call),
    ListStackResources: (input: ListStackResourcesInput, call) => listResources(stacks, input, call),
    GetTemplate: (input: GetTemplateInput, call) => getTemplate(stacks, input, call),
  },
  resources: call => resourcesOf(stacks, call),
})
