// How much of Fargate an account runs at the moment. It is advice: where AWS says no, or nothing, it is unknown.
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import type { Account } from '../../../model/account.ts'
import type { Sessions } from '../identity/sessions.ts'

/** How long the advice may take, in milliseconds. */
const PATIENCE = 10_000
const SPAN_MS = 900_000

/** Source: ECS developer guide, AWS Fargate usage metrics. */
const METRIC = {
  Namespace: 'AWS/Usage',
  MetricName: 'ResourceCount',
  Dimensions: [
    { Name: 'Service', Value: 'Fargate' },
    { Name: 'Type', Value: 'Resource' },
    { Name: 'Resource', Value: 'vCPU' },
    { Name: 'Class', Value: 'Standard/OnDemand' },
  ],
}

/** In vCPUs, a few minutes old; undefined where it cannot be read. Never fails. */
export const createFargateUsage =
  (sessions: Pick<Sessions, 'credentials'>) =>
  async (account: Account, region: string): Promise<number | undefined> => {
    try {
      const credentials = await sessions.credentials(account)
      const client = new CloudWatchClient({ region, maxAttempts: 2, credentials })
      const now = Date.now()
      const asked = new GetMetricDataCommand({
        StartTime: new Date(now - SPAN_MS),
        EndTime: new Date(now),
        ScanBy: 'TimestampDescending',
        MetricDataQueries: [{ Id: 'used', MetricStat: { Metric: METRIC, Period: 300, Stat: 'Maximum' } }],
      })
      const { MetricDataResults = [] } = await client.send(asked, { abortSignal: AbortSignal.timeout(PATIENCE) })
      return MetricDataResults[0]?.Values?.[0]
    } catch {
      return undefined
    }
  }
