// The operations on service deployments and service revisions, which are the history that a rollback needs.

import type {
  ContinueServiceDeploymentRequest,
  DescribeServiceDeploymentsRequest,
  DescribeServiceRevisionsRequest,
  ListServiceDeploymentsRequest,
  StopServiceDeploymentRequest,
} from '@aws-sdk/client-ecs'
import { isOver } from '../../../world/deployments.ts'
import type { Fleet } from '../../../world/fleet.ts'
import type { DeploymentRecord } from '../../../world/state.ts'
import { AwsError, type Call, type Operation } from '../../wire/service.ts'
import { viewRecord, viewRecordBrief } from './deployment-views.ts'
import { invalid } from './errors.ts'
import { expectCluster, expectService, siteOf } from './find.ts'
import { pageOf } from './page.ts'
import { viewRevision } from './views.ts'

const list = (fleet: Fleet, input: ListServiceDeploymentsRequest, call: Call) => {
  const site = siteOf(fleet, call)
  const service = expectService(site, expectCluster(site, input.cluster), input.service ?? '')
  const { status: wanted, createdAt: { after, before } = {} } = input
  const isWanted = ({ service: of, status, createdAt }: DeploymentRecord) =>
    of === service &&
    (!wanted?.length || wanted.includes(status)) &&
    createdAt > (after?.getTime() ?? Number.NEGATIVE_INFINITY) &&
    createdAt < (before?.getTime() ?? Number.POSITIVE_INFINITY)
  const newestFirst = [...fleet.records.values()].filter(isWanted).reverse()
  const { page, ...next } = pageOf(newestFirst, ({ arn }) => arn, input, { usual: 20, most: 100 })
  return { serviceDeployments: page.map(viewRecordBrief), ...next }
}

/** Whether an ARN is in the caller's account and region. */
const isHere = ({ caller, region }: Call, arn: string) => arn.startsWith(`arn:aws:ecs:${region}:${caller.account}:`)

const lookUp = <T>(known: ReadonlyMap<string, T>, arns: readonly string[], call: Call) => {
  if (arns.length > 20) throw invalid('ARNs can have at most 20 items.')
  const found = arns.map(arn => (isHere(call, arn) ? known.get(arn) : undefined))
  return {
    found: found.filter(one => one !== undefined),
    failures: arns.filter((_, index) => found[index] === undefined).map(arn => ({ arn, reason: 'MISSING' })),
  }
}

const describe = (fleet: Fleet, input: DescribeServiceDeploymentsRequest, call: Call) => {
  const { found, failures } = lookUp(fleet.records, input.serviceDeploymentArns ?? [], call)
  return { serviceDeployments: found.map(viewRecord), failures }
}

const describeRevisions = (fleet: Fleet, input: DescribeServiceRevisionsRequest, call: Call) => {
  const { found, failures } = lookUp(fleet.revisions, input.serviceRevisionArns ?? [], call)
  return { serviceRevisions: found.map(viewRevision), failures }
}

const expectRecord = (fleet: Fleet, arn: string, call: Call): DeploymentRecord => {
  const record = isHere(call, arn) ? fleet.records.get(arn) : undefined
  if (!record) throw new AwsError('ServiceDeploymentNotFoundException', 'Service deployment not found.')
  return record
}

const stop = (fleet: Fleet, { serviceDeploymentArn = '' }: StopServiceDeploymentRequest, call: Call) => {
  const record = expectRecord(fleet, serviceDeploymentArn, call)
  if (isOver(record))
    throw new AwsError('ConflictException', `Service deployment in ${record.status} state cannot be stopped.`)
  fleet.stopDeployment(record)
  return { serviceDeploymentArn }
}

/**
 * ContinueServiceDeployment for a PAUSE hook. The API declares no ConflictException, so a hook that was already continued or
 * has expired gives the error for an invalid parameter. The texts are guesses.
 */
const proceed = (fleet: Fleet, input: ContinueServiceDeploymentRequest, call: Call) => {
  const { serviceDeploymentArn = '', hookId, action = 'CONTINUE' } = input
  const record = expectRecord(fleet, serviceDeploymentArn, call)
  const run = record.hooks.find(({ id }) => id === hookId)
  if (!run) throw invalid(`The lifecycle hook ${hookId} does not exist in the service deployment.`)
  if (run.hook.targetType !== 'PAUSE') throw invalid('Only a lifecycle hook with target type PAUSE can be continued.')
  if (record.status !== 'IN_PROGRESS')
    throw invalid(`The service deployment is in ${record.status} state. It must be IN_PROGRESS to be continued.`)
  if (run.status !== 'AWAITING_ACTION')
    throw invalid(`The lifecycle hook is in ${run.status} state. It must be AWAITING_ACTION to be continued.`)
  fleet.answerHook(record, run, action)
  return { serviceDeploymentArn }
}

export const serviceDeploymentOperations = (fleet: Fleet) =>
  ({
    ListServiceDeployments: (input: ListServiceDeploymentsRequest, call) => list(fleet, input, call),
    DescribeServiceDeployments: (input: DescribeServiceDeploymentsRequest, call) => describe(fleet, input, call),
    ContinueServiceDeployment: (input: ContinueServiceDeploymentRequest, call) => proceed(fleet, input, call),
    StopServiceDeployment: (input: StopServiceDeploymentRequest, call) => stop(fleet, input, call),
    DescribeServiceRevisions: (input: DescribeServiceRevisionsRequest, call) => describeRevisions(fleet, input, call),
  }) satisfies Record<string, Operation>
