// What the functions' logs count: a metric filter for each line that an alarm watches.
import { FilterPattern, type IFilterPattern, type ILogGroup } from 'aws-cdk-lib/aws-logs'

export const NAMESPACE = 'Quarterdeck'

type Counted = {
  readonly name: string
  readonly pattern: IFilterPattern
  /** The field with the value; a line counts 1 without it. */
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

/** Counts the lines of a function's log, in metrics that all functions share. */
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
