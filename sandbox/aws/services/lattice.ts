// Amazon VPC Lattice for ECS targets: ListTargets, derived from the tasks. Source: VPC Lattice API reference,
// TargetSummary. The reason codes, which AWS does not publish, and the error texts are guesses.

import type { ListTargetsRequest, TargetSummary } from '@aws-sdk/client-vpc-lattice'
import * as client from '@aws-sdk/client-vpc-lattice'
import type { Fleet } from '../../world/fleet.ts'
import type { Task } from '../../world/state.ts'
import { addressOf } from '../../world/task-view.ts'
import { modelError } from '../wire/constraints.ts'
import { restJson } from '../wire/rest-json.ts'
import { AwsError, type AwsService, type Call } from '../wire/service.ts'

const invalid = (message: string) =>
  new AwsError('ValidationException', message, { fields: { reason: 'fieldValidationFailed' } })

const GROUP = /^(?:arn:aws[\w-]*:vpc-lattice:[\w-]+:\d{12}:targetgroup\/)?(tg-[0-9a-z]{17})$/

const STATES: Readonly<Partial<Record<Task['lastStatus'], TargetSummary>>> = {
  ACTIVATING: { status: 'INITIAL', reasonCode: 'InitialHealthChecksInProgress' },
  RUNNING: { status: 'HEALTHY' },
  DEACTIVATING: { status: 'DRAINING', reasonCode: 'DeregistrationInProgress' },
}

const stateOf = ({ lastStatus, isDoomed, health }: Task): TargetSummary | undefined =>
  lastStatus === 'RUNNING' && (isDoomed || health === 'UNHEALTHY')
    ? { status: 'UNHEALTHY', reasonCode: 'HealthChecksFailed' }
    : STATES[lastStatus]

/** The tasks in a target group; undefined if no service names the target group, which then does not exist. */
const tasksOf = (fleet: Fleet, { caller, region }: Call, id: string): readonly Task[] | undefined => {
  const names = (arn: string | undefined) => arn?.endsWith(`/${id}`) === true
  const users = [...fleet.site({ account: caller.account, region }).clusters.values()]
    .flatMap(({ services }) => [...services.values()])
    .filter(({ deployments }) =>
      deployments.some(({ revision }) => revision.spec.lattice?.some(({ targetGroupArn }) => names(targetGroupArn))),
    )
  return users.length === 0
    ? undefined
    : users
        .flatMap(({ tasks }) => [...tasks])
        .filter(task => task.revision?.spec.lattice?.some(({ targetGroupArn }) => names(targetGroupArn)))
}

const listTargets = (fleet: Fleet, input: ListTargetsRequest, call: Call) => {
  const { targetGroupIdentifier = '', maxResults = 100, nextToken } = input
  const [, id = ''] = GROUP.exec(targetGroupIdentifier) ?? []
  if (id === '') throw invalid(`Invalid target group identifier: ${targetGroupIdentifier}`)
  if (maxResults < 1 || maxResults > 100) throw invalid('maxResults must be between 1 and 100')
  const tasks = tasksOf(fleet, call, id)
  if (tasks === undefined)
    throw new AwsError('ResourceNotFoundException', `Target group ${id} not found`, {
      status: 404,
      fields: { resourceId: id, resourceType: 'TARGET_GROUP' },
    })
  const from = nextToken === undefined ? 0 : Number(nextToken)
  if (!Number.isInteger(from) || from < 0) throw invalid('Invalid nextToken')
  const targets = tasks.flatMap((task): TargetSummary[] => {
    const state = stateOf(task)
    return state === undefined ? [] : [{ id: addressOf(task), port: 8080, ...state }]
  })
  const to = from + maxResults
  return { items: targets.slice(from, to), ...(to < targets.length && { nextToken: String(to) }) }
}

const arnOf = ({ caller, region, input }: Call): string => {
  const given = String(input['targetGroupIdentifier'] ?? '')
  return given.startsWith('arn:') ? given : `arn:aws:vpc-lattice:${region}:${caller.account}:targetgroup/${given}`
}

export const createLattice = (fleet: Fleet): AwsService => ({
  name: 'vpc-lattice',
  protocol: restJson({
    routes: [{ action: 'ListTargets', method: 'POST', path: '/targetgroups/{targetGroupIdentifier}/listtargets' }],
    client,
    rules: {},
    refuse: modelError('ValidationException'),
  }),
  operations: { ListTargets: (input: ListTargetsRequest, call) => listTargets(fleet, input, call) },
  resources: call => [{ arn: arnOf(call) }],
})
