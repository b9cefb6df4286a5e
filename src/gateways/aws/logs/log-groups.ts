// Checks whether CloudWatch log groups exist.
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { accountOf } from '../../../model/account.ts'
import type { Sessions } from '../identity/sessions.ts'
import { lookForAll } from '../presence.ts'

export const createLogGroupSearch = (config: Config, sessions: Sessions): Readers['logGroupsThere'] => {
  const logsFor = sessions.each(settings => new CloudWatchLogsClient(settings))
  return async (ref, groups) => {
    const regionOf = new Map(groups.map(({ name, region }) => [name, region]))
    return lookForAll([...regionOf.keys()], async name => {
      const client = await logsFor(accountOf(config, ref), regionOf.get(name) ?? ref.region)
      const { logGroups = [] } = await client.send(new DescribeLogGroupsCommand({ logGroupIdentifiers: [name] }))
      return logGroups.some(({ logGroupName }) => logGroupName === name)
    })
  }
}
