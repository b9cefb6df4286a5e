// Reads an account's Fargate vCPU quota; undefined if AWS refuses or does not answer.
import { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas'
import type { Account } from '../../../model/account.ts'
import type { Sessions } from '../identity/sessions.ts'

export type Purchase = 'on-demand' | 'spot'

/**
 * Reads the quota in vCPUs for all tasks and pods of the account in the region; undefined if it is unreadable. Never
 * rejects.
 */
export type FargateQuota = (account: Account, region: string, purchase?: Purchase) => Promise<number | undefined>

/** The quota codes. Source: AmazonECS/latest/developerguide/service-quotas, AWS Fargate. */
const CODES: Readonly<Record<Purchase, string>> = { 'on-demand': 'L-3032A538', spot: 'L-36FBB829' }

/** The timeout. The result is only additional information, so it must not delay the answer. */
const TIMEOUT_MS = 10_000

export const createFargateQuota =
  (sessions: Pick<Sessions, 'credentials'>): FargateQuota =>
  async (account, region, purchase = 'on-demand') => {
    try {
      const credentials = await sessions.credentials(account)
      const client = new ServiceQuotasClient({ region, maxAttempts: 2, credentials })
      const command = new GetServiceQuotaCommand({ ServiceCode: 'fargate', QuotaCode: CODES[purchase] })
      const { Quota } = await client.send(command, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) })
      return Quota?.Value
    } catch {
      return undefined
    }
  }
