// Reads CloudWatch alarms by name, in only one call, because ECS uses the same API quota for its rollback decisions.
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { accountOf } from '../../../model/account.ts'
import type { AlarmState } from '../../../model/service-detail.ts'
import { iso } from '../ecs/tasks.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'

/** The maximum number of alarm names in one call (CloudWatch API reference, DescribeAlarms). */
const MOST_NAMES = 100

export const createAlarmReader = (config: Config, sessions: Sessions): Readers['alarms'] => {
  const clientFor = sessions.each(settings => new CloudWatchClient(settings))
  return (ref, names) =>
    askAws(`reading the alarms of ${ref.service}`, async () => {
      if (names.length === 0) return []
      const client = await clientFor(accountOf(config, ref), ref.region)
      const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(
        new DescribeAlarmsCommand({
          AlarmNames: names.slice(0, MOST_NAMES),
          AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
        }),
      )
      return [...MetricAlarms, ...CompositeAlarms].map(
        ({ AlarmName = '', StateValue = 'INSUFFICIENT_DATA', StateUpdatedTimestamp }): AlarmState => ({
          name: AlarmName,
          state: StateValue,
          since: iso(StateUpdatedTimestamp),
        }),
      )
    })
}
