// Data: the kinds of problems, by the names that subscriptions use.

import type { Severity } from '../../../kit/language/severity.ts'
import type { StopKind } from '../../status/stop-rules.ts'

export type { ProblemKind } from '../../../kit/language/kinds/problems.ts'

import type { ProblemKind } from '../../../kit/language/kinds/problems.ts'

export const SEVERITY_OF: Readonly<Record<ProblemKind, Severity>> = {
  deployment: 'high',
  crash: 'high',
  memory: 'high',
  pull: 'high',
  start: 'high',
  placement: 'high',
  host: 'medium',
  spot: 'medium',
  alarm: 'medium',
  retirement: 'low',
}

/**
 * The sum of weights from which signs of a kind are a problem. A single crashed task is not one, because ECS replaces
 * it. Each task has weight 1; the weights of ECS's events about a service are in sightings.ts.
 */
export const THRESHOLDS: Readonly<Record<ProblemKind, number>> = {
  deployment: 1,
  crash: 3,
  memory: 1,
  pull: 2,
  start: 2,
  placement: 2,
  host: 3,
  spot: 5,
  alarm: 1,
  retirement: 1,
}

/**
 * The kind of problem that a stopped task is a sign of. Kinds of stops that are no sign, such as a stop on purpose, are
 * absent.
 */
export const KIND_OF_STOP: Readonly<Partial<Record<StopKind, ProblemKind>>> = {
  memory: 'memory',
  image: 'pull',
  'pull-rights': 'pull',
  'rate-limit': 'pull',
  exit: 'crash',
  command: 'crash',
  disk: 'crash',
  port: 'crash',
  health: 'crash',
  'load-balancer': 'crash',
  architecture: 'crash',
  unknown: 'crash',
  placement: 'placement',
  spot: 'spot',
  host: 'host',
  secret: 'start',
  'environment-file': 'start',
  role: 'start',
  network: 'start',
  logs: 'start',
  volume: 'start',
  start: 'start',
}
