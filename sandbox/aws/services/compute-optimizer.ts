// AWS Compute Optimizer: recommendations for ECS services on Fargate, idle resources, and the enrolment of an account. Source:
// Compute Optimizer API reference; page sizes of the service model.

import type {
  ECSServiceRecommendation,
  GetECSServiceRecommendationsRequest,
  GetIdleRecommendationsRequest,
  IdleRecommendation,
} from '@aws-sdk/client-compute-optimizer'
import * as client from '@aws-sdk/client-compute-optimizer'
import { type Advice, type Advised, CROWDED, type Size } from '../../world/advice.ts'
import type { Fleet } from '../../world/fleet.ts'
import type { Service } from '../../world/state.ts'
import rules from '../wire/constraints/compute-optimizer.json' with { type: 'json' }
import { modelError } from '../wire/constraints.ts'
import { awsJson } from '../wire/protocol.ts'
import { AwsError, type AwsService, type Call } from '../wire/service.ts'

const protocol = awsJson({
  version: '1.0',
  target: 'ComputeOptimizerService',
  client,
  rules,
  refuse: modelError('InvalidParameterValueException'),
})

const LOOK_BACK_DAYS = 14
/** The share of the list price that the account pays, for the estimates after discounts. */
const DISCOUNTED = 0.9
const MOST_SERVICES = 1_000
const MOST_IDLE = 100
/** The number of other idle resources in the account. As in real accounts, a request without a filter returns many pages. */
const IDLE_VOLUMES = 120

const invalid = (message: string) => new AwsError('InvalidParameterValueException', message)

const expectEnrolled = (advice: Advice, { caller }: Call): void => {
  if (advice.enrolmentOf(caller.account).status !== 'Active')
    throw new AwsError(
      'OptInRequiredException',
      'Account is not registered for recommendations. Please opt-in before calling this API.',
    )
}

/**
 * Checks that a request names only the caller's own account. Only the management account may name another account, and the
 * sandbox does not have a management account.
 */
const expectOwn = (accountIds: readonly string[] | undefined, { caller }: Call): void => {
  if (accountIds === undefined || accountIds.length === 0) return
  if (accountIds.length > 1) throw invalid('You can only specify one account ID per request.')
  if (accountIds[0] !== caller.account)
    throw new AwsError('AccessDeniedException', 'You do not have access to the recommendations of this account.')
}

const startOf = (token: string | undefined, list: string): number => {
  if (token === undefined || token === '') return 0
  const [of, start] = Buffer.from(token, 'base64url').toString('utf8').split('#')
  if (of !== list || !/^\d+$/.test(start ?? '')) throw invalid('The next token is not valid.')
  return Number(start)
}

type Paged = { readonly nextToken?: string | undefined; readonly maxResults?: number | undefined }

const pageOf = <T>(all: readonly T[], list: string, { nextToken, maxResults }: Paged, most: number) => {
  const start = startOf(nextToken, list)
  const end = start + (maxResults || most)
  return {
    page: all.slice(start, end),
    ...(end < all.length && { nextToken: Buffer.from(`${list}#${end}`).toString('base64url') }),
  }
}

const servicesIn = (fleet: Fleet, { caller, region }: Call): readonly Service[] =>
  [...fleet.site({ account: caller.account, region }).clusters.values()]
    .flatMap(cluster => [...cluster.services.values()])
    .filter(({ status }) => status === 'ACTIVE')

const rounded = (value: number): number => Number(value.toFixed(4))

const findingOf = ({ better, current, peaks }: Advised) => {
  if (better === undefined) return { finding: 'Optimized' as const, findingReasonCodes: [] }
  const isLess = better.cpu < current.cpu || better.memory < current.memory
  const changed = (what: keyof Size, name: string) => {
    if (better[what] < current[what]) return [`${name}Overprovisioned`]
    return better[what] > current[what] && peaks[what] > CROWDED ? [`${name}Underprovisioned`] : []
  }
  return {
    finding: isLess ? ('Overprovisioned' as const) : ('Underprovisioned' as const),
    findingReasonCodes: [...changed('cpu', 'CPU'), ...changed('memory', 'Memory')].filter(
      code => code.endsWith('Overprovisioned') === isLess,
    ) as NonNullable<ECSServiceRecommendation['findingReasonCodes']>,
  }
}

/** The containers of a task. Each gets an equal part of the size, as a whole number. */
const containersOf = (service: Service, { cpu, memory }: Size) => {
  const names = service.deployments[0]?.revision.spec.taskDefinition.input.containerDefinitions ?? []
  return names.map(({ name = '' }, at) => ({
    containerName: name,
    cpu: Math.floor(cpu / names.length) + (at === 0 ? cpu % names.length : 0),
    memorySizeConfiguration: {
      memory: Math.floor(memory / names.length) + (at === 0 ? memory % names.length : 0),
      memoryReservation: Math.floor(memory / names.length / 2),
    },
  }))
}

const optionsOf = (advised: Advised, currency: 'USD' | 'CNY') => {
  const { better, current, peaks, cost, costAfter, service } = advised
  if (better === undefined) return []
  const saving = Math.max(0, cost - costAfter)
  const opportunity = (share: number) => ({
    savingsOpportunityPercentage: cost === 0 ? 0 : rounded((100 * saving) / cost),
    estimatedMonthlySavings: { currency, value: rounded(saving * share) },
  })
  const projected = (name: 'Cpu' | 'Memory', peak: number, from: number, to: number) => ({
    name,
    statistic: 'Maximum' as const,
    lowerBoundValue: rounded((peak * from) / to),
    upperBoundValue: rounded(Math.min(100, (peak * from * 1.05) / to)),
  })
  return [
    {
      cpu: better.cpu,
      memory: better.memory,
      savingsOpportunity: opportunity(1),
      savingsOpportunityAfterDiscounts: opportunity(DISCOUNTED),
      projectedUtilizationMetrics: [
        projected('Cpu', peaks.cpu, current.cpu, better.cpu),
        projected('Memory', peaks.memory, current.memory, better.memory),
      ],
      containerRecommendations: containersOf(service, better),
    },
  ]
}

const tagsOf = ({ tags }: Service) => Object.entries(tags).map(([key, value]) => ({ key, value }))

const view = (advice: Advice, advised: Advised): ECSServiceRecommendation => {
  const { service, peaks, current, tracks } = advised
  const { account } = service.cluster
  return {
    serviceArn: service.arn,
    accountId: account,
    launchType: 'Fargate',
    lookbackPeriodInDays: LOOK_BACK_DAYS,
    lastRefreshTimestamp: refreshedAt(advice),
    ...findingOf(advised),
    currentPerformanceRisk: peaks.cpu > 95 ? 'High' : peaks.cpu > 85 ? 'Medium' : peaks.cpu > 70 ? 'Low' : 'VeryLow',
    currentServiceConfiguration: {
      cpu: current.cpu,
      memory: current.memory,
      containerConfigurations: containersOf(service, current),
      taskDefinitionArn: advice.analysedOf(service),
      ...(tracks.length > 0 && {
        autoScalingConfiguration: tracks.includes('cpu') ? 'TargetTrackingScalingCpu' : 'TargetTrackingScalingMemory',
      }),
    },
    utilizationMetrics: [
      { name: 'Cpu', statistic: 'Maximum', value: rounded(peaks.cpu) },
      { name: 'Memory', statistic: 'Maximum', value: rounded(peaks.memory) },
    ],
    serviceRecommendationOptions: optionsOf(advised, advice.currencyOf({ account })),
    effectiveRecommendationPreferences: {
      lookBackPeriod: 'DAYS_14',
      savingsEstimationMode: { source: 'CostExplorerRightsizing' },
    },
    tags: tagsOf(service),
  }
}

/** The time of the latest recommendations, which are computed once a day at midnight UTC. */
const refreshedAt = (advice: Advice): Date => new Date(Math.floor(advice.now() / 86_400_000) * 86_400_000)

type World = { readonly fleet: Fleet; readonly advice: Advice }

const listServices = ({ fleet, advice }: World, input: GetECSServiceRecommendationsRequest, call: Call) => {
  expectEnrolled(advice, call)
  expectOwn(input.accountIds, call)
  const asked = input.serviceArns === undefined ? undefined : new Set(input.serviceArns)
  const matches = (advised: Advised): boolean =>
    (input.filters ?? []).every(({ name, values = [] }) => {
      const { finding, findingReasonCodes } = findingOf(advised)
      return name === 'Finding'
        ? values.includes(finding)
        : findingReasonCodes.some(code => values.includes(code as string))
    })
  const found = servicesIn(fleet, call)
    .filter(({ arn }) => asked?.has(arn) ?? true)
    .flatMap(service => advice.adviseOn(service) ?? [])
    .filter(matches)
  const { page, ...next } = pageOf(found, call.action, input, MOST_SERVICES)
  return { ...next, ecsServiceRecommendations: page.map(advised => view(advice, advised)), errors: [] }
}

const idleView = (advice: Advice, service: Service, currency: 'USD' | 'CNY'): readonly IdleRecommendation[] => {
  const found = advice.idleCostOf(service)
  if (found === undefined) return []
  const opportunity = (share: number) => ({
    savingsOpportunityPercentage: 100,
    estimatedMonthlySavings: { currency, value: rounded(found.cost * share) },
  })
  return [
    {
      resourceArn: service.arn,
      resourceId: service.name,
      resourceType: 'ECSService',
      accountId: service.cluster.account,
      finding: 'Idle',
      findingDescription: 'The peak CPU and memory utilization of the service are below 1 percent.',
      savingsOpportunity: opportunity(1),
      savingsOpportunityAfterDiscounts: opportunity(DISCOUNTED),
      utilizationMetrics: [
        { name: 'CPU', statistic: 'Maximum', value: rounded(found.peaks.cpu) },
        { name: 'Memory', statistic: 'Maximum', value: rounded(found.peaks.memory) },
      ],
      lookBackPeriodInDays: LOOK_BACK_DAYS,
      lastRefreshTimestamp: refreshedAt(advice),
      tags: tagsOf(service),
    },
  ]
}

const volumesIn = ({ caller, region }: Call): readonly IdleRecommendation[] =>
  Array.from({ length: IDLE_VOLUMES }, (_, at) => ({
    resourceArn: `arn:aws:ec2:${region}:${caller.account}:volume/vol-${at.toString(16).padStart(17, '0')}`,
    resourceType: 'EBSVolume',
    accountId: caller.account,
    finding: 'Unattached',
    savingsOpportunity: {
      savingsOpportunityPercentage: 100,
      estimatedMonthlySavings: { currency: 'USD', value: 8 + at },
    },
  }))

const listIdle = ({ fleet, advice }: World, input: GetIdleRecommendationsRequest, call: Call) => {
  expectEnrolled(advice, call)
  expectOwn(input.accountIds, call)
  const currency = advice.currencyOf({ account: call.caller.account })
  const asked = input.resourceArns === undefined ? undefined : new Set(input.resourceArns)
  const matches = (one: IdleRecommendation): boolean =>
    (asked?.has(one.resourceArn ?? '') ?? true) &&
    (input.filters ?? []).every(({ name, values = [] }) =>
      values.includes((name === 'Finding' ? one.finding : one.resourceType) ?? ''),
    )
  const savingOf = (one: IdleRecommendation): number => one.savingsOpportunity?.estimatedMonthlySavings?.value ?? 0
  const sign = input.orderBy?.order === 'Asc' ? 1 : -1
  const found = [
    ...servicesIn(fleet, call).flatMap(service => idleView(advice, service, currency)),
    ...volumesIn(call),
  ].filter(matches)
  const ordered = input.orderBy === undefined ? found : found.toSorted((a, b) => sign * (savingOf(a) - savingOf(b)))
  const { page, ...next } = pageOf(ordered, call.action, input, MOST_IDLE)
  return { ...next, idleRecommendations: page, errors: [] }
}

export const createComputeOptimizer = (world: World): AwsService => ({
  name: 'compute-optimizer',
  protocol,
  operations: {
    GetEnrollmentStatus: (_input, { caller }) => {
      const { status, reason } = world.advice.enrolmentOf(caller.account)
      return { status, ...(reason !== undefined && { statusReason: reason }), memberAccountsEnrolled: false }
    },
    GetECSServiceRecommendations: (input: GetECSServiceRecommendationsRequest, call) =>
      listServices(world, input, call),
    GetIdleRecommendations: (input: GetIdleRecommendationsRequest, call) => listIdle(world, input, call),
  },
})
