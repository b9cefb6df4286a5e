// Reads CloudWatch alarms by name, in few calls, because ECS uses the same API quota for its rollback decisions.
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { accountOf } from '../../../model/account.ts'
import type { AlarmState } from '../../../model/service-detail.ts'
import { chunks, pages } from '../ecs/pages.ts'
import { iso } from '../ecs/tasks.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'

/** The maximum number of names in one call, and of alarms in a page (CloudWatch API reference, DescribeAlarms). */
const MOST = 100

export const createAlarmReader = (config: Config, sessions: Sessions): Readers['alarms'] => {
  const clientFor = sessions.each(settings => new CloudWatchClient(settings))
  return (ref, names) =>
    askAws(`reading the alarms of ${ref.service}`, async () => {
      if (names.length === 0) return []
      const client = await clientFor(accountOf(config, ref), ref.region)
      const found = await Promise.all(chunks(names, MOST).map(part => describeAlarms(client, part)))
      return found.flat().map(
        ({ AlarmName = '', StateValue, StateUpdatedTimestamp }): AlarmState => ({
          name: AlarmName,
          // A state that this version does not know is treated as INSUFFICIENT_DATA.
          state: StateValue === 'OK' || StateValue === 'ALARM' ? StateValue : 'INSUFFICIENT_DATA',
          since: iso(StateUpdatedTimestamp),
        }),
      )
    })
}

const describeAlarms = (client: CloudWatchClient, AlarmNames: string[]) =>
  pages(async NextToken => {
    const answer = await client.send(
      new DescribeAlarmsCommand({
        AlarmNames,
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
        MaxRecords: MOST,
        ...(NextToken !== undefined && { NextToken }),
      }),
    )
    return { items: [...(answer.MetricAlarms ?? []), ...(answer.CompositeAlarms ?? [])], next: answer.NextToken }
  })
