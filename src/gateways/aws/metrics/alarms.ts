// Reads CloudWatch alarms by name, in one call: ECS itself uses the same quota for rollback decisions.
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { accountOf } from '../../../model/account.ts'
import type { AlarmState } from '../../../model/service-detail.ts'
import { iso } from '../ecs/tasks.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'

/** CloudWatch API reference, DescribeAlarms: at most 100 names. */
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
