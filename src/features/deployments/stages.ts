// Pure: where a deployment in progress is, in words: its stage, traffic, bake time, failures against the threshold of the
// circuit breaker, and alarms. Source: ECS developer guide, deployment strategies and lifecycle stages.

import { humanCode, plainName } from '../../kit/messages/text.ts'
import type { DeploymentRecord } from '../../model/service-detail.ts'
import { isWaiting } from './gates/gate.ts'

/** The strategies that move traffic from old tasks to new ones, which both run until the clean-up. */
const SHIFTING: readonly string[] = ['BLUE_GREEN', 'LINEAR', 'CANARY']

/** Whether the old tasks all run until the end of the deployment, so that stopping it only moves traffic back. */
export const keepsOldTasks = ({ strategy, stage }: Pick<DeploymentRecord, 'strategy' | 'stage'>): boolean =>
  SHIFTING.includes(strategy) && stage !== 'CLEAN_UP'

export const movesTraffic = (strategy: string | undefined): boolean =>
  strategy !== undefined && SHIFTING.includes(strategy)

const STAGES: Readonly<Record<string, string>> = {
  RECONCILE_SERVICE: 'waiting for the service to be stable',
  PRE_SCALE_UP: 'before new tasks start',
  SCALE_UP: 'starting new tasks',
  POST_SCALE_UP: 'new tasks run',
  TEST_TRAFFIC_SHIFT: 'moving test traffic',
  POST_TEST_TRAFFIC_SHIFT: 'test traffic moved',
  PRE_PRODUCTION_TRAFFIC_SHIFT: 'before traffic moves',
  PRODUCTION_TRAFFIC_SHIFT: 'moving traffic',
  POST_PRODUCTION_TRAFFIC_SHIFT: 'traffic moved',
  BAKE_TIME: 'bake',
  CLEAN_UP: 'stopping old tasks',
}

/** Whether people answer a gate of the deployment now. */
const isAtGate = ({ hooks = [] }: Pick<DeploymentRecord, 'hooks'>): boolean => hooks.some(isWaiting)

/** Whether ECS waits for an answer, or for the end of the bake time. */
export const isPaused = (record: Pick<DeploymentRecord, 'hooks' | 'stage'>): boolean =>
  isAtGate(record) || record.stage === 'BAKE_TIME'

/**
 * `name`: the version that is deployed, such as `orders-api:42`. `now`: ISO 8601. Empty for a deployment that has ended and had
 * no failures. The parts are plain text without markup.
 */
export const stageParts = (record: DeploymentRecord, name: string, now: string): readonly string[] => [
  ...(record.finishedAt === undefined
    ? [...stageOf(record, now), ...(isAtGate(record) ? ['waits at a gate'] : []), ...trafficOf(record, name)]
    : []),
  ...failuresOf(record),
  ...alarmsOf(record),
]

const stageOf = ({ stage, updatedAt, bakeMinutes }: DeploymentRecord, now: string): readonly string[] => {
  if (stage === undefined) return []
  const words = STAGES[stage] ?? `stage ${humanCode(stage)}`
  if (stage !== 'BAKE_TIME' || bakeMinutes === undefined || updatedAt === undefined) return [words]
  return [`${words}, ${leftText(bakeMinutes - (Date.parse(now) - Date.parse(updatedAt)) / 60_000)}`]
}

/** ECS does not say when the bake began; the record was last changed then. */
const leftText = (minutes: number): string => (minutes <= 0 ? 'about to end' : `~${Math.ceil(minutes)} min left`)

/** The weights that ECS asks for: `v42 10 %`. */
const trafficOf = ({ traffic, testTraffic, strategy }: DeploymentRecord, name: string): readonly string[] => {
  if (!SHIFTING.includes(strategy)) return []
  const version = name === '' ? 'new version' : plainName(name, 40)
  return [
    ...(traffic === undefined ? [] : [`${version} ${percent(traffic)} of traffic`]),
    ...(testTraffic === undefined || testTraffic === 0 ? [] : [`${percent(testTraffic)} of test traffic`]),
  ]
}

const percent = (weight: number): string => `${Math.round(weight * 10) / 10} %`

const failuresOf = ({ breaker }: DeploymentRecord): readonly string[] =>
  breaker === undefined || breaker.failed === 0 ? [] : [`${breaker.failed} of ${breaker.most} failures`]

/** Alarms that are named at once. */
const MOST_ALARMS = 3

const alarmsOf = ({ alarms }: DeploymentRecord): readonly string[] => {
  const triggered = alarms?.triggered ?? []
  if (triggered.length === 0) return []
  const more = triggered.length - MOST_ALARMS
  const names = triggered.slice(0, MOST_ALARMS).map(name => plainName(name, 60))
  return [`alarm triggered: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`]
}
