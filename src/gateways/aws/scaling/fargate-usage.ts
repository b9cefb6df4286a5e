// Reads an account's current Fargate usage; undefined if AWS refuses or does not answer.
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import type { Account } from '../../../model/account.ts'
import type { Sessions } from '../identity/sessions.ts'
import type { Purchase } from './service-quotas.ts'

/** The timeout. The result is only additional information, so it must not delay the answer. */
const TIMEOUT_MS = 10_000
const SPAN_MS = 900_000

/** The usage metric. Source: ECS developer guide, AWS Fargate usage metrics. */
const metricOf = (purchase: Purchase) => ({
  Namespace: 'AWS/Usage',
  MetricName: 'ResourceCount',
  Dimensions: [
    { Name: 'Service', Value: 'Fargate' },
    { Name: 'Type', Value: 'Resource' },
    { Name: 'Resource', Value: 'vCPU' },
    { Name: 'Class', Value: purchase === 'spot' ? 'Standard/Spot' : 'Standard/OnDemand' },
  ],
})

/** Reads the usage in vCPUs, a few minutes old; undefined if it is unreadable. Never rejects. */
export const createFargateUsage =
  (sessions: Pick<Sessions, 'credentials'>) =>
  async (account: Account, region: string, purchase: Purchase = 'on-demand'): Promise<number | undefined> => {
    try {
      const credentials = await sessions.credentials(account)
      const client = new CloudWatchClient({ region, maxAttempts: 2, credentials })
      const now = Date.now()
      const command = new GetMetricDataCommand({
        StartTime: new Date(now - SPAN_MS),
        EndTime: new Date(now),
        ScanBy: 'TimestampDescending',
        MetricDataQueries: [{ Id: 'used', MetricStat: { Metric: metricOf(purchase), Period: 300, Stat: 'Maximum' } }],
      })
      const { MetricDataResults = [] } = await client.send(command, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) })
      return MetricDataResults[0]?.Values?.[0]
    } catch {
      return undefined
    }
  }
