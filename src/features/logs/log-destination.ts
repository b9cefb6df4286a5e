// Pure: finds where a container's output goes. Sources: ECS developer guide, using the awslogs driver, and FireLens.
import type { Destination } from './log-types.ts'

/** The `logConfiguration` of a container definition, without its secrets. */
export type LogConfiguration = {
  readonly driver?: string
  readonly options: Readonly<Record<string, string>>
}

type Of = {
  readonly container: string
  readonly task: string
  /** The task's region. */
  readonly region: string
  /** Docker's id of the container, if ECS returns it. */
  readonly runtimeId?: string
}

export const destinationOf = ({ driver, options }: LogConfiguration, of: Of): Destination => {
  if (driver === undefined) return elsewhere('no logs: it has no log configuration')
  if (driver === 'awslogs') return awslogs(options, of)
  if (driver === 'awsfirelens') return firelens(options, of)
  const target = TARGETS[driver]
  const endpoint = target === undefined ? undefined : options[target]
  return elsewhere(
    endpoint === undefined ? `to its host’s \`${driver}\` driver` : `to ${driver}: ${withoutLogin(endpoint)}`,
  )
}

const elsewhere = (where: string): Destination => ({ kind: 'elsewhere', where })

/**
 * The option of each log driver that names its endpoint. Other options are not shown, because they may contain secrets.
 */
const TARGETS: Readonly<Record<string, string>> = {
  splunk: 'splunk-url',
  fluentd: 'fluentd-address',
  gelf: 'gelf-address',
  syslog: 'syslog-address',
}

const withoutLogin = (url: string): string => url.replace(/\/\/[^/@]*@/, '//')

const awslogs = (options: LogConfiguration['options'], { container, task, region, runtimeId }: Of): Destination => {
  const { 'awslogs-group': group, 'awslogs-stream-prefix': prefix, 'awslogs-region': other } = options
  // If no prefix is set, the stream's name is Docker's id of the container, which ECS returns after the container has
  // started.
  const stream = prefix === undefined ? runtimeId : `${prefix}/${container}/${task}`
  if (group === undefined) return elsewhere('to CloudWatch Logs, but its `awslogs-group` is not set')
  if (stream === undefined) return elsewhere(`to ${group}, in an unknown stream: \`awslogs-stream-prefix\` is not set`)
  return { kind: 'cloudwatch', group, region: other ?? region, stream }
}

/**
 * The destination of Fluent Bit. Its outputs for CloudWatch are `cloudwatch_logs` and the older `cloudwatch`. The tag
 * is `<container>-firelens-<task>`.
 */
const firelens = (options: LogConfiguration['options'], { container, task, region }: Of): Destination => {
  const option = (name: string) => options[name] ?? options[name.replace('log_', '').toLowerCase()]
  const output = options['Name'] ?? options['name'] ?? options['@type']
  const [group, stream] = [option('log_group_name'), options['log_stream_name']]
  const prefix = options['log_stream_prefix'] ?? ''
  const isTemplate = /\$[({]/.test(`${group}${stream}${prefix}`)
  if (/^cloudwatch(_logs)?$/.test(output ?? '') && group !== undefined && !isTemplate)
    return {
      kind: 'cloudwatch',
      group,
      region: options['region'] ?? region,
      stream: stream ?? `${prefix}${container}-firelens-${task}`,
    }
  const endpoint = SINKS.map(name => options[name]).find(value => value !== undefined)
  if (output === undefined) return elsewhere('through FireLens, by its router’s own configuration')
  return elsewhere(`through FireLens to ${output}${endpoint === undefined ? '' : `: ${withoutLogin(endpoint)}`}`)
}

/** The options of Fluent Bit's outputs that name the endpoint and contain no secrets. */
const SINKS = [
  'Host',
  'host',
  'bucket',
  'delivery_stream',
  'stream',
  'topics',
  'Endpoint',
  'endpoint',
  'log_group_name',
]
