// The metric filters of the functions' logs: one for each kind of log line that an alarm uses.
import { FilterPattern, type IFilterPattern, type ILogGroup } from 'aws-cdk-lib/aws-logs'

export const NAMESPACE = 'Quarterdeck'

type Counted = {
  readonly name: string
  readonly pattern: IFilterPattern
  /** The field of the log line with the value of the metric. Without it, each line counts as 1. */
  readonly value?: string
}

const lines = (pattern: string): IFilterPattern => FilterPattern.literal(pattern)
const metric = (name: string): IFilterPattern => lines(`{ $.level = "metric" && $.name = "${name}" }`)

export const COUNTED = [
  { name: 'card-milliseconds', pattern: metric('card'), value: '$.value' },
  { name: 'requests-waiting', pattern: metric('waiting'), value: '$.value' },
  {
    name: 'changes-failed',
    pattern: lines('{ $.level = "audit" && $.kind = "outcome" && $.outcome = "failed" }'),
  },
  { name: 'operations-stuck', pattern: lines('{ $.level = "alarm" && $.where = "operation" }') },
  { name: 'configuration-invalid', pattern: lines('{ $.level = "alarm" && $.where = "config" }') },
  {
    name: 'other-alarms',
    pattern: lines('{ $.level = "alarm" && $.where != "operation" && $.where != "config" }'),
  },
] as const satisfies readonly Counted[]

/** Creates the metric filters for the log of a function. All functions share the metrics. */
export const countLines = (logGroup: ILogGroup): void => {
  for (const counted of COUNTED) {
    const { name, pattern, value }: Counted = counted
    logGroup.addMetricFilter(name, {
      filterPattern: pattern,
      metricNamespace: NAMESPACE,
      metricName: name,
      ...(value !== undefined && { metricValue: value }),
    })
  }
}
