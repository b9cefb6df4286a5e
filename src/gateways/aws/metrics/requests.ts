// Counts the requests that Application Load Balancers send to target groups. Network Load Balancers do not count requests.
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { accountOf } from '../../../model/account.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'
import { lastMinutes, searchMetrics } from './metric-data.ts'

const MINUTES = 5
/** The maximum number of target groups of a service (ECS service quotas). */
const MOST_GROUPS = 5

/**
 * Creates the reader. It searches by target group, so it does not need the name of the load balancer. RequestCount is reported
 * only if it is not zero. Source: Elastic Load Balancing user guide, CloudWatch metrics for your Application Load Balancer.
 */
export const createRequestReader = (config: Config, sessions: Sessions): Readers['requests'] => {
  const clientFor = sessions.each(settings => new CloudWatchClient(settings))
  return (ref, groups, now) =>
    askAws(`reading the requests of ${ref.service}`, async () => {
      const ids = groups.flatMap(group => idOf(group) ?? []).slice(0, MOST_GROUPS)
      if (ids.length === 0) return undefined
      const client = await clientFor(accountOf(config, ref), ref.region)
      const searches = ids.map((TargetGroup, at) => ({
        id: `group${at}`,
        namespace: 'AWS/ApplicationELB',
        metric: 'RequestCount',
        dimensions: ['LoadBalancer', 'TargetGroup'],
        where: { TargetGroup },
      }))
      const foundIn = await searchMetrics(client, searches, lastMinutes(MINUTES, now))
      const found = searches.flatMap(({ id }) => foundIn(id))
      if (found.length === 0) return undefined
      return found.flatMap(({ samples }) => samples).reduce((sum, { value }) => sum + value, 0) / MINUTES
    })
}

/** The value of the TargetGroup dimension, `targetgroup/<name>/<id>`, which is the end of the ARN; undefined if not valid. */
const idOf = (arn: string): string | undefined => /:(targetgroup\/[\w-]+\/\w+)$/.exec(arn)?.[1]
