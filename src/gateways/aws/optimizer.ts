// Reads AWS Compute Optimizer's recommendations for ECS services: sizes (pages of 1,000) and idle services (pages of 100).
// Source: Compute Optimizer API reference.
import {
  ComputeOptimizerClient,
  type ContainerConfiguration,
  type ContainerRecommendation,
  type ECSServiceRecommendation,
  type ECSServiceRecommendationOption,
  GetECSServiceRecommendationsCommand,
  GetEnrollmentStatusCommand,
  GetIdleRecommendationsCommand,
  type IdleRecommendation,
  type Tag,
} from '@aws-sdk/client-compute-optimizer'
import type { Config } from '../../engine/rules/config.ts'
import type {
  Advice,
  AdviceProblem,
  CostReads,
  IdleAdvice,
  Projected,
  Saving,
  SizeAdvice,
  SizeOption,
} from '../../features/cost/reads.ts'
import { accountOf } from '../../model/account.ts'
import type { ContainerSize } from '../../model/service-detail.ts'
import { pages } from './ecs/pages.ts'
import { iso, shortName } from './ecs/tasks.ts'
import type { Sessions } from './identity/sessions.ts'
import { askAws } from './translate.ts'

const MOST_SERVICES = 1_000
const MOST_IDLE = 100
/** The maximum number of attempts. Compute Optimizer throttles an account that sends requests quickly. */
const MOST_ATTEMPTS = 6

export const createOptimizerReaders = (config: Config, sessions: Sessions): Pick<CostReads, 'advice' | 'adviceOn'> => {
  const clientFor = sessions.each(
    settings => new ComputeOptimizerClient({ ...settings, maxAttempts: MOST_ATTEMPTS, retryMode: 'adaptive' }),
  )
  const read = (place: Parameters<CostReads['advice']>[0], arn?: string): Promise<Advice> =>
    askAws(`reading Compute Optimizer in ${place.account}, ${place.region}`, async () =>
      readAdvice(await clientFor(accountOf(config, place), place.region), arn),
    )
  return { advice: place => read(place), adviceOn: ref => read(ref, ref.arn) }
}

/** Reads the recommendations if the account is enrolled. `arn`: the only service to read. */
const readAdvice = async (client: ComputeOptimizerClient, arn?: string): Promise<Advice> => {
  const { status = 'Inactive', statusReason } = await client.send(new GetEnrollmentStatusCommand({}))
  if (status !== 'Active')
    return { kind: 'not enrolled', status, ...(statusReason !== undefined && { reason: statusReason }) }
  try {
    return await readLists(client, arn)
  } catch (error) {
    if (!(error instanceof Error && error.name === 'OptInRequiredException')) throw error
    return { kind: 'not enrolled', status: 'Inactive' }
  }
}

/** Reads the two lists one after the other. */
const readLists = async (client: ComputeOptimizerClient, arn?: string): Promise<Advice> => {
  const problems: AdviceProblem[] = []
  const sizes = await pages(async nextToken => {
    const {
      ecsServiceRecommendations = [],
      errors = [],
      nextToken: next,
    } = await client.send(
      new GetECSServiceRecommendationsCommand({
        maxResults: MOST_SERVICES,
        ...(arn !== undefined && { serviceArns: [arn] }),
        ...(nextToken !== undefined && { nextToken }),
      }),
    )
    problems.push(...errors.map(problemOf))
    return { items: ecsServiceRecommendations.map(readSize), next: next === nextToken ? undefined : next }
  })
  const idle = await pages(async nextToken => {
    const {
      idleRecommendations = [],
      errors = [],
      nextToken: next,
    } = await client.send(
      new GetIdleRecommendationsCommand({
        maxResults: MOST_IDLE,
        filters: [{ name: 'ResourceType', values: ['ECSService'] }],
        orderBy: { dimension: 'SavingsValueAfterDiscount', order: 'Desc' },
        ...(arn !== undefined && { resourceArns: [arn] }),
        ...(nextToken !== undefined && { nextToken }),
      }),
    )
    problems.push(...errors.map(problemOf))
    return { items: idleRecommendations.map(readIdle), next: next === nextToken ? undefined : next }
  })
  return { kind: 'advice', sizes, idle, problems }
}

const problemOf = ({ code = 'Error', message = '', identifier = '' }: Problem): AdviceProblem => ({
  arn: identifier,
  text: `Compute Optimizer could not analyse ${shortName(identifier)} (${code}: ${message.slice(0, 200)})`,
})

type Problem = {
  readonly code?: string | undefined
  readonly message?: string | undefined
  readonly identifier?: string | undefined
}

const readSize = (found: ECSServiceRecommendation): SizeAdvice => {
  const { currentServiceConfiguration: current = {}, utilizationMetrics = [] } = found
  const peakOf = (what: string): number | undefined => utilizationMetrics.find(({ name }) => name === what)?.value
  return {
    arn: found.serviceArn ?? '',
    finding: found.finding ?? 'unknown',
    reasons: found.findingReasonCodes ?? [],
    definition: shortName(current.taskDefinitionArn),
    cpu: current.cpu ?? 0,
    memory: current.memory ?? 0,
    containers: (current.containerConfigurations ?? []).map(readContainer),
    options: (found.serviceRecommendationOptions ?? []).map(readOption),
    tags: readTags(found.tags),
    ...optional('cpuPeak', peakOf('Cpu')),
    ...optional('memoryPeak', peakOf('Memory')),
    ...optional('risk', found.currentPerformanceRisk),
    ...optional('source', found.effectiveRecommendationPreferences?.savingsEstimationMode?.source),
    ...optional('tracks', TRACKS[current.autoScalingConfiguration ?? '']),
    ...optional('lookBackDays', found.lookbackPeriodInDays),
    ...optional('refreshedAt', found.lastRefreshTimestamp && iso(found.lastRefreshTimestamp)),
  }
}

const TRACKS: Readonly<Record<string, 'cpu' | 'memory'>> = {
  TargetTrackingScalingCpu: 'cpu',
  TargetTrackingScalingMemory: 'memory',
}

const readOption = (found: ECSServiceRecommendationOption): SizeOption => {
  const projectedOf = (what: string): Projected | undefined => {
    const metric = found.projectedUtilizationMetrics?.find(({ name }) => name === what)
    const { lowerBoundValue: low, upperBoundValue: high } = metric ?? {}
    return low === undefined || high === undefined ? undefined : { low, high }
  }
  return {
    cpu: found.cpu ?? 0,
    memory: found.memory ?? 0,
    containers: (found.containerRecommendations ?? []).map(readContainer),
    ...savingsOf(found.savingsOpportunity, found.savingsOpportunityAfterDiscounts),
    ...optional('cpuPeak', projectedOf('Cpu')),
    ...optional('memoryPeak', projectedOf('Memory')),
  }
}

const readIdle = (found: IdleRecommendation): IdleAdvice => {
  const peakOf = (what: string) => found.utilizationMetrics?.find(({ name }) => name === what)?.value
  return {
    arn: found.resourceArn ?? '',
    tags: readTags(found.tags),
    ...savingsOf(found.savingsOpportunity, found.savingsOpportunityAfterDiscounts),
    ...optional('cpuPeak', peakOf('CPU')),
    ...optional('memoryPeak', peakOf('Memory')),
    ...optional('lookBackDays', found.lookBackPeriodInDays),
    ...optional('refreshedAt', found.lastRefreshTimestamp && iso(found.lastRefreshTimestamp)),
  }
}

const readContainer = (found: ContainerConfiguration | ContainerRecommendation): ContainerSize => ({
  name: found.containerName ?? '',
  ...optional('cpu', found.cpu),
  ...optional('memory', found.memorySizeConfiguration?.memory),
  ...optional('reservation', found.memorySizeConfiguration?.memoryReservation),
})

type Opportunity =
  | {
      readonly savingsOpportunityPercentage?: number | undefined
      readonly estimatedMonthlySavings?:
        | { readonly currency?: string | undefined; readonly value?: number | undefined }
        | undefined
    }
  | undefined

const savingsOf = (before: Opportunity, after: Opportunity) => ({
  ...optional('saving', savingOf(before)),
  ...optional('savingAfter', savingOf(after)),
})

const savingOf = (opportunity: Opportunity): Saving | undefined => {
  const { currency, value } = opportunity?.estimatedMonthlySavings ?? {}
  if (value === undefined) return undefined
  return {
    money: { currency: currency ?? 'USD', amount: value },
    ...optional('percent', opportunity?.savingsOpportunityPercentage),
  }
}

const readTags = (tags: readonly Tag[] = []): Readonly<Record<string, string>> =>
  Object.fromEntries(tags.map(({ key = '', value = '' }) => [key, value]))

/** Returns an object with the member `name`; an empty object if the value is undefined. */
const optional = <Name extends string, T>(name: Name, value: T | undefined): { readonly [K in Name]?: T } =>
  (value === undefined ? {} : { [name]: value }) as { readonly [K in Name]?: T }
