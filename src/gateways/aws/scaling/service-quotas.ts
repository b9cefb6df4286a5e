// How much of Fargate an account may run at once. It is advice: where AWS says no, or nothing, it is unknown.
import { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas'
import type { Account } from '../../../model/account.ts'
import type { Sessions } from '../identity/sessions.ts'

export type Purchase = 'on-demand' | 'spot'

/** In vCPUs, for all of the account's tasks and pods in the region; undefined where it cannot be read. Never fails. */
export type FargateQuota = (account: Account, region: string, purchase?: Purchase) => Promise<number | undefined>

/** Source: AmazonECS/latest/developerguide/service-quotas, AWS Fargate. */
const CODES: Readonly<Record<Purchase, string>> = { 'on-demand': 'L-3032A538', spot: 'L-36FBB829' }

/** How long the advice may take, in milliseconds. */
const PATIENCE = 10_000

export const createFargateQuota =
  (sessions: Pick<Sessions, 'credentials'>): FargateQuota =>
  async (account, region, purchase = 'on-demand') => {
    try {
      const credentials = await sessions.credentials(account)
      const client = new ServiceQuotasClient({ region, maxAttempts: 2, credentials })
      const asked = new GetServiceQuotaCommand({ ServiceCode: 'fargate', QuotaCode: CODES[purchase] })
      const { Quota } = await client.send(asked, { abortSignal: AbortSignal.timeout(PATIENCE) })
      return Quota?.Value
    } catch {
      return undefined
    }
  }
