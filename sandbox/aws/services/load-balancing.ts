// Elastic Load Balancing (v2) for ECS targets: DescribeTargetHealth, derived from the tasks, the attributes of target groups
// and DescribeTargetGroups. Each target group has one Application Load Balancer, named after its cluster. Source: ELB API
// reference, TargetHealth: states, reason codes and descriptions. Error codes are documented; error texts are guesses.

import type { LoadBalancer } from '@aws-sdk/client-ecs'
import { keptIn } from '../../world/course.ts'
import type { Fleet } from '../../world/fleet.ts'
import type { Service, Task } from '../../world/state.ts'
import { addressOf } from '../../world/task-view.ts'
import rules from '../wire/constraints/elbv2.json' with { type: 'json' }
import { demandFrom, modelError } from '../wire/constraints.ts'
import { AwsError, type AwsService, type Call, type HttpRequest } from '../wire/service.ts'

const VERSION = '2015-12-01'
const NAMESPACE = `http://elasticloadbalancing.amazonaws.com/doc/${VERSION}/`

type Target = { readonly task: Task; readonly port: number }

type Health = { readonly state: string; readonly reason?: string; readonly description?: string }

const HEALTH: Readonly<Partial<Record<Task['lastStatus'], Health>>> = {
  ACTIVATING: {
    state: 'initial',
    reason: 'Elb.InitialHealthChecking',
    description: 'Initial health checks in progress',
  },
  RUNNING: { state: 'healthy' },
  DEACTIVATING: {
    state: 'draining',
    reason: 'Target.DeregistrationInProgress',
    description: 'Target deregistration is in progress',
  },
}

const SICK: Health = { state: 'unhealthy', reason: 'Target.FailedHealthChecks', description: 'Health checks failed' }

const healthOf = ({ lastStatus, isDoomed, health }: Task): Health | undefined =>
  lastStatus === 'RUNNING' && (isDoomed || health === 'UNHEALTHY') ? SICK : HEALTH[lastStatus]

const servicesOf = (fleet: Fleet, { caller, region }: Call): readonly Service[] =>
  [...fleet.site({ account: caller.account, region }).clusters.values()].flatMap(({ services }) => [
    ...services.values(),
  ])

const names = ({ targetGroupArn, advancedConfiguration }: LoadBalancer, group: string): boolean =>
  targetGroupArn === group || advancedConfiguration?.alternateTargetGroupArn === group

const uses = ({ deployments }: Service, group: string): boolean =>
  deployments.some(({ revision }) => revision.spec.loadBalancers.some(balancer => names(balancer, group)))

/**
 * The target group of a task. While ECS moves traffic, the tasks of the new revision are in the alternate target group. In
 * AWS, the two target groups change roles with every deployment. Here, the tasks are in the first target group again after
 * CLEAN_UP.
 */
const groupOfTask = (service: Service, { revision }: Task, balancer: LoadBalancer): string | undefined => {
  const [primary] = service.deployments
  const isNew = primary?.revision === revision && keptIn(service) !== undefined
  const { alternateTargetGroupArn } = balancer.advancedConfiguration ?? {}
  return (isNew && alternateTargetGroupArn) || balancer.targetGroupArn
}

/** The targets of a target group; undefined if no service names the target group, which then does not exist. */
const targetsOf = (fleet: Fleet, call: Call, group: string): readonly Target[] | undefined => {
  const users = servicesOf(fleet, call).filter(service => uses(service, group))
  if (users.length === 0) return undefined
  return users.flatMap(service =>
    [...service.tasks].flatMap(task => {
      const balancer = task.revision?.spec.loadBalancers.find(one => groupOfTask(service, task, one) === group)
      return balancer === undefined ? [] : [{ task, port: balancer.containerPort ?? 80 }]
    }),
  )
}

const field = (name: string, value: string | undefined) => (value === undefined ? '' : `<${name}>${value}</${name}>`)

const memberOf = ({ task, port }: Target): string => {
  const health = healthOf(task)
  if (!health) return ''
  return `<member><HealthCheckPort>${port}</HealthCheckPort><Target><Id>${addressOf(task)}</Id><Port>${port}</Port><AvailabilityZone>${task.zone}</AvailabilityZone></Target><TargetHealth>${field('State', health.state)}${field('Reason', health.reason)}${field('Description', health.description)}</TargetHealth></member>`
}

const formOf = ({ method, query, body }: HttpRequest) =>
  method === 'GET' ? query : new URLSearchParams(body.toString('utf8'))

const ACTIONS: readonly string[] = ['DescribeTargetHealth', 'DescribeTargetGroupAttributes', 'DescribeTargetGroups']

/** The attributes of every target group: the default deregistration delay. */
const ATTRIBUTES =
  '<Attributes><member><Key>deregistration_delay.timeout_seconds</Key><Value>300</Value></member><member><Key>stickiness.enabled</Key><Value>false</Value></member></Attributes>'

const checkGroup = (group: string): void => {
  if (!/^arn:aws[\w-]*:elasticloadbalancing:[\w-]+:\d{12}:targetgroup\/[\w-]+\/\w+$/.test(group))
    throw new AwsError('ValidationError', `'${group}' is not a valid target group ARN`)
}

const describe = (fleet: Fleet, call: Call, action: string, group: string): string => {
  checkGroup(group)
  const targets = targetsOf(fleet, call, group)
  if (!targets) throw new AwsError('TargetGroupNotFound', 'One or more target groups not found')
  if (action === 'DescribeTargetGroupAttributes') return ATTRIBUTES
  return `<TargetHealthDescriptions>${targets.map(memberOf).join('')}</TargetHealthDescriptions>`
}

const MOST_GROUPS = 100

/** Describes the target groups that `TargetGroupArns.member.<n>` names. */
const describeGroups = (fleet: Fleet, call: Call, form: URLSearchParams): string => {
  const groups = [...form].flatMap(([key, value]) => (/^TargetGroupArns\.member\.\d+$/.test(key) ? [value] : []))
  if (groups.length === 0 || groups.length > MOST_GROUPS)
    throw new AwsError('ValidationError', 'The sandbox needs 1 to 100 ARNs of target groups')
  return `<TargetGroups>${groups.map(group => groupOf(fleet, call, group)).join('')}</TargetGroups>`
}

const groupOf = (fleet: Fleet, call: Call, group: string): string => {
  checkGroup(group)
  const user = servicesOf(fleet, call).find(service => uses(service, group))
  if (!user) throw new AwsError('TargetGroupNotFound', 'One or more target groups not found')
  const [, start, name] = /^(arn:.*):targetgroup\/([\w-]+)\//.exec(group) ?? []
  const balancer = `${start}:loadbalancer/app/${user.cluster.name}-alb/50dc6c495c0c9188`
  return `<member><TargetGroupArn>${group}</TargetGroupArn><TargetGroupName>${name}</TargetGroupName><Protocol>HTTP</Protocol><TargetType>ip</TargetType><LoadBalancerArns><member>${balancer}</member></LoadBalancerArns></member>`
}

const demand = demandFrom({ rules, refuse: modelError('ValidationError') })

const described = (fleet: Fleet, http: HttpRequest, call: Call, action: string): string => {
  const TargetGroupArn = formOf(http).get('TargetGroupArn') ?? undefined
  if (action === 'DescribeTargetGroups') return describeGroups(fleet, call, formOf(http))
  demand(action, { TargetGroupArn })
  return describe(fleet, call, action, TargetGroupArn ?? '')
}

export const createLoadBalancing = (fleet: Fleet): AwsService => ({
  name: 'elasticloadbalancing',
  actionOf: http => {
    const form = formOf(http)
    const action = form.get('Action') ?? ''
    if (form.get('Version') !== VERSION || !ACTIONS.includes(action))
      throw new AwsError('InvalidAction', `Could not find operation ${action} for version ${form.get('Version')}`)
    return action
  },
  answer: async (http, call) => {
    const action = formOf(http).get('Action') ?? ''
    const inner = described(fleet, http, call, action)
    const body = `<${action}Response xmlns="${NAMESPACE}"><${action}Result>${inner}</${action}Result><ResponseMetadata><RequestId>${call.requestId}</RequestId></ResponseMetadata></${action}Response>`
    return { status: 200, headers: { 'content-type': 'text/xml' }, body }
  },
})
