// Renders the lines of /ecs status, one for each subject. Names from AWS are escaped first.

import { codeText, humanCode, plainName, tally } from '../../kit/messages/text.ts'
import { boundsText, suspendedNames } from '../../model/scaling-words.ts'
import type { DeploymentRecord, RevisionImage, RunningTask, TargetHealth, Traffic } from '../../model/service-detail.ts'
import { stageParts } from '../deployments/stages.ts'
import type { Status } from './load-status.ts'
import { levelsOf, levelsText, SOURCES, USAGE_HOURS } from './usage.ts'

export const statusRows = (state: Status): readonly string[] => [
  ...scaling(state),
  ...deployments(state),
  capacity(state),
  ...spread(state),
  ...hosts(state),
  ...images(state),
  ...healthChecks(state),
  ...usageRow(state),
  ...alarms(state),
  ...serviceConnect(state),
  ...network(state),
  exec(state),
]

const scaling = ({ autoscaling }: Status): readonly string[] => {
  if (autoscaling === undefined) return ['*Autoscaling* none']
  const suspended = suspendedNames(autoscaling.suspended)
  const policies = autoscaling.policies.map(({ says }) => says).join('; ')
  return [
    `*Autoscaling* ${boundsText(autoscaling)} tasks${policies === '' ? ', no policy' : `: ${policies}`}${suspended === '' ? '' : `; *suspended: ${suspended}*`}`,
  ]
}

const STAGES: Readonly<Record<string, string>> = {
  ROLLING: 'rolling',
  BLUE_GREEN: 'blue/green',
  LINEAR: 'linear',
  CANARY: 'canary',
}
const BAR = 10

const bar = (share: number): string => {
  const full = Math.max(0, Math.min(BAR, Math.round(share * BAR)))
  return `${'▓'.repeat(full)}${'░'.repeat(BAR - full)}`
}

const deployments = ({ detail, deployment: record, now }: Status): readonly string[] => {
  const { service, strategy } = detail
  const isRunning = service.deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS')
  const kind = `${STAGES[strategy.kind] ?? plainName(strategy.kind.toLowerCase())}${strategy.step === undefined ? '' : ` by ${strategy.step}%`}`
  const rules = `${kind}, ${strategy.least}% to ${strategy.most}%${strategy.bakeMinutes === 0 ? '' : `, bakes ${strategy.bakeMinutes} min`}`
  const lines = isRunning
    ? service.deployments.map(({ status, taskDefinition, running, desired, failed, rolloutState }) => {
        const share = status === 'PRIMARY' ? `${bar(desired === 0 ? 1 : running / desired)} ` : ''
        return `${status === 'PRIMARY' ? 'new' : 'old'} \`${plainName(taskDefinition)}\` ${share}${running}/${desired}${failed === 0 ? '' : `, ${failed} failed`}${rolloutState === 'FAILED' ? ', failed' : ''}`
      })
    : [`none in progress; running \`${plainName(service.taskDefinition)}\``]
  return [
    `*Deployment* ${[...lines, ...(record === undefined ? [] : recordWords(record, isRunning ? { name: service.taskDefinition, now } : undefined))].join('; ')}`,
    `*Rollout* ${rules}; ${breakerWords(detail, record)}`,
  ]
}

/** A deployment record without its count of failed tasks, because the row about the rollout already shows it. */
const withoutBreaker = ({ breaker: _, ...record }: DeploymentRecord): DeploymentRecord => record

/** `running`: the version that is being deployed, and the time. */
const recordWords = (
  record: DeploymentRecord,
  running: { readonly name: string; readonly now: string } | undefined,
): readonly string[] => [
  ...(running === undefined ? [] : stageParts(withoutBreaker(record), running.name, running.now)),
  ...(running !== undefined
    ? []
    : [`the last ${OUTCOMES[record.status] ?? (humanCode(record.status) || 'has an unknown state')}`]),
  ...(record.rollback === undefined ? [] : [`reason of the rollback: ${plainName(record.rollback.reason, 200)}`]),
]

/** The states of a service deployment in words (ECS developer guide, service deployment states). */
const OUTCOMES: Readonly<Record<string, string>> = {
  SUCCESSFUL: 'was successful',
  STOPPED: 'was stopped',
  ROLLBACK_SUCCESSFUL: 'failed and was rolled back',
  ROLLBACK_FAILED: 'failed, and so did its rollback',
  PENDING: 'has not begun',
  IN_PROGRESS: 'is still in progress',
  STOP_REQUESTED: 'is being stopped',
  ROLLBACK_REQUESTED: 'is about to be rolled back',
  ROLLBACK_IN_PROGRESS: 'is being rolled back',
}

const breakerWords = ({ breaker }: Status['detail'], record: DeploymentRecord | undefined): string => {
  if (breaker === undefined) return '*circuit breaker off*'
  const counted = record?.breaker
  const state =
    counted === undefined || counted.status === 'MONITORING_COMPLETE'
      ? ''
      : counted.status === 'TRIGGERED'
        ? `, *tripped after ${counted.failed} failures*`
        : `, ${counted.failed} of ${counted.most} failures`
  return `circuit breaker on${breaker.rollback ? ' with rollback' : ' without rollback'}${state}`
}

const capacity = ({ detail: { service }, running }: Status): string => {
  const now = tally(running.tasks.map(({ capacity: of }) => of))
  return `*Capacity* ${now === '' ? (running.isPartial ? 'unknown' : 'no tasks') : now}; configured: ${plainName(service.capacity)}`
}

const spread = ({ detail, running }: Status): readonly string[] => {
  if (running.tasks.length === 0) return []
  const rules = [
    ...detail.placement.map(rule => plainName(rule)),
    ...(detail.isRebalancing ? ['zone rebalancing'] : []),
  ]
  // Tasks on ECS Anywhere have no zone.
  const zones = running.tasks.every(({ zone }) => zone === '') ? 'none' : tally(running.tasks.map(({ zone }) => zone))
  return [`*Zones* ${zones}${rules.length === 0 ? '' : `; ${rules.join(', ')}`}`]
}

const MOST_HOSTS = 5
const DAY_MS = 86_400_000
const KINDS = { ec2: '', managed: ' (managed by AWS)', external: ' (ECS Anywhere)' } as const

/** The lines about container instances. Those with a problem come first. */
const hosts = ({ hosts: all, detail: { service }, now }: Status): readonly string[] => {
  const rows = all.slice(0, MOST_HOSTS).map(host => {
    const { instance, zone, status, isConnected, agent, left, fits, tasks, kind } = host
    const facts = [
      ...(zone === undefined ? [] : [plainName(zone, 40)]),
      status === 'ACTIVE' ? 'active' : `*${humanCode(status)}*`,
      `agent ${plainName(agent ?? 'version unknown', 40)}${isConnected ? '' : ' *not connected*'}`,
      ...imageAge(host, now),
      `${tasks} of its tasks, ${left.cpu.toLocaleString('en')} CPU units and ${left.memory.toLocaleString('en')} MiB free${service.scheduling === 'DAEMON' ? '' : `: room for ${fits} more`}`,
    ]
    return `*Host* \`${plainName(instance, 40)}\`${KINDS[kind]}: ${facts.join(', ')}`
  })
  return all.length > MOST_HOSTS ? [...rows, `*Hosts* ${MOST_HOSTS} of ${all.length} shown`] : rows
}

const imageAge = ({ ami, amiMade, kind }: Status['hosts'][number], now: string): readonly string[] => {
  if (ami === undefined || kind === 'managed') return []
  if (amiMade === undefined) return [`AMI \`${plainName(ami, 40)}\` of unknown age`]
  const days = Math.floor((Date.parse(now) - Date.parse(amiMade)) / DAY_MS)
  return [`AMI \`${plainName(ami, 40)}\` ${days} ${days === 1 ? 'day' : 'days'} old`]
}

/** An image without the registry's host: `orders-api:v7`. */
const shortImage = (image: string): string => plainName(image.split('/').slice(-1)[0] ?? image, 80)
const shortDigest = (digest: string | undefined): string =>
  digest === undefined ? 'digest unknown' : plainName(digest.replace(/^(\w+:\w{12})\w*$/, '$1'), 30)

const images = ({ revisions, running }: Status): readonly string[] => {
  const [newest] = revisions
  const declared = newest?.images ?? imagesOf(running.tasks)
  const words = declared.slice(0, 6).map(({ container, image, digest }) => {
    const others = runningDigests(running.tasks, container, image)
    const mixed = others.length > 1 ? ` *(${others.length} different digests running under this tag)*` : ''
    return `${plainName(container, 60)} \`${shortImage(image)}\` ${shortDigest(digest ?? others[0])}${mixed}`
  })
  return words.length === 0 ? [] : [`*Images* ${words.join('; ')}`]
}

const imagesOf = ([task]: readonly RunningTask[]): readonly RevisionImage[] =>
  (task?.containers ?? []).map(({ name, image, digest }) => ({
    container: name,
    image,
    ...(digest !== undefined && { digest }),
  }))

/**
 * The digests that tasks run for one image tag. There may be several, if the tag was pushed again between two task
 * starts.
 */
const runningDigests = (tasks: readonly RunningTask[], container: string, image: string): readonly string[] => [
  ...new Set(
    tasks
      .flatMap(task => task.containers)
      .filter(one => one.name === container && one.image === image)
      .flatMap(({ digest }) => digest ?? []),
  ),
]

const healthChecks = ({ running, targets, lattice }: Status): readonly string[] => {
  const known = running.tasks.filter(({ health }) => health !== 'UNKNOWN').map(({ health }) => health.toLowerCase())
  return [
    ...(known.length === 0 ? [] : [`*Container health checks* ${tally(known)}`]),
    ...targets.map(group => targetRow('Target group', group)),
    ...lattice.map(group => targetRow('VPC Lattice', group)),
  ]
}

const targetRow = (kind: string, { group, targets }: TargetHealth): string => {
  const reasons = targets.filter(({ state }) => state !== 'healthy').flatMap(({ why }) => why ?? [])
  const why = [...new Set(reasons)]
  const states = targets.length === 0 ? 'no targets' : tally(targets.map(({ state }) => state))
  const words = why.length === 0 ? '' : ` (${plainName(why.join('; '), 200)})`
  return `*${kind}* \`${plainName(group)}\`: ${states}${words}`
}

const usageRow = ({ usage }: Status): readonly string[] => {
  if (usage === undefined) return []
  const { cpu, memory, source } = usage
  if (levelsOf(cpu) === undefined && levelsOf(memory) === undefined)
    return [`*CPU and memory* no data in the last ${USAGE_HOURS} h`]
  return [`*CPU* ${levelsText(cpu)}; *memory* ${levelsText(memory)}, last ${USAGE_HOURS} h (${SOURCES[source]})`]
}

const STATES = { OK: 'OK', ALARM: '*in alarm*', INSUFFICIENT_DATA: 'insufficient data' } as const
const MOST_ALARMS = 6

const alarms = ({ detail, alarms: found, scalingAlarms }: Status): readonly string[] => {
  const guards = detail.alarms.map(name => ({ name, state: found.find(alarm => alarm.name === name)?.state }))
  const names = guards
    .slice(0, MOST_ALARMS)
    .map(({ name, state }) => `\`${plainName(name, 80)}\` ${state === undefined ? '*not found*' : STATES[state]}`)
  const firing = found
    .filter(({ name, state }) => scalingAlarms.has(name) && state === 'ALARM')
    .map(({ name }) => `\`${plainName(name, 80)}\``)
  return [
    guards.length === 0
      ? '*Alarms* no deployment alarms'
      : `*Alarms* ${names.join(', ')}${guards.length > MOST_ALARMS ? ` and ${guards.length - MOST_ALARMS} more` : ''}; deployments ${detail.alarmsRollBack ? 'roll back' : 'fail'} on them`,
    ...(firing.length === 0 ? [] : [`*Scaling alarms* in alarm: ${firing.slice(0, MOST_ALARMS).join(', ')}`]),
  ]
}

const serviceConnect = ({ detail: { connect }, traffic }: Status): readonly string[] => {
  if (connect === undefined) return []
  const names = connect.names.map(
    name => `\`${plainName(name)}\`${trafficText(traffic.find(one => one.name === name))}`,
  )
  const role = names.length === 0 ? ', client only' : `, called as ${names.join(', ')}`
  const namespace =
    connect.namespace === '' ? 'the namespace of the cluster' : `namespace ${codeText(connect.namespace)}`
  return [`*Service Connect* ${namespace}${role}`]
}

const trafficText = (traffic: Traffic | undefined): string => {
  if (traffic === undefined) return ''
  const { perMinute, failedShare, milliseconds } = traffic
  if (perMinute === 0) return ' (no requests)'
  const failed = failedShare === 0 ? 'no errors' : `*${(failedShare * 100).toFixed(1)}% errors*`
  const latency = milliseconds === undefined ? '' : `, ${Math.round(milliseconds)} ms`
  return ` (${Math.round(perMinute).toLocaleString('en')} requests/min, ${failed}${latency})`
}

const network = ({ detail: { securityGroups, subnets, hasPublicIp } }: Status): readonly string[] =>
  securityGroups.length === 0 && subnets === 0
    ? []
    : [
        `*Network* ${securityGroups.map(group => codeText(group, 40)).join(', ') || 'no security groups'} in ${subnets} ${subnets === 1 ? 'subnet' : 'subnets'}${hasPublicIp ? ', public IP addresses' : ''}`,
      ]

const exec = ({ detail: { isExecEnabled }, running: { tasks } }: Status): string => {
  const ready = tasks.filter(({ isExecReady }) => isExecReady).length
  if (!isExecEnabled) return `*Exec* off${ready === 0 ? '' : `, but ready in ${ready} older tasks`}`
  const old = tasks.filter(task => !task.isExecEnabled).length
  return `*Exec* on, ready in ${ready} of ${tasks.length} tasks${old === 0 ? '' : `; ${old} started before exec was enabled`}`
}
