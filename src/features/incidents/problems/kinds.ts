// Data: the kinds of problems, as subscriptions name them.

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
 * How often something must happen before it is a problem: one task that crashes is replaced, and nobody has to know. A task
 * counts once; events of ECS about a service count as WEIGHTS has it.
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

/** The kind of problem that a stopped task is a sign of; undefined where it was stopped on purpose. */
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
