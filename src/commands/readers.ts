// All reads that commands may make: the reader slices of every feature.

import type { CapacityReads } from '../features/capacity/reads.ts'
import type { CheckReads } from '../features/checks/reads.ts'
import type { CostReads } from '../features/cost/reads.ts'
import type { DeploymentReads } from '../features/deployments/reads.ts'
import type { DigestReads } from '../features/digests/reads.ts'
import type { ExecReads } from '../features/exec/reads.ts'
import type { IncidentReads } from '../features/incidents/reads.ts'
import type { LogReads } from '../features/logs/reads.ts'
import type { ManagedByReads } from '../features/managed-by/reads.ts'
import type { ScalingReads } from '../features/scaling/reads.ts'
import type { ServiceReads } from '../features/services/reads.ts'
import type { StatusReads } from '../features/status/reads.ts'

export type Readers = ServiceReads &
  StatusReads &
  LogReads &
  ExecReads &
  CheckReads &
  CapacityReads &
  IncidentReads &
  CostReads &
  DigestReads &
  ScalingReads &
  DeploymentReads &
  ManagedByReads & {
    /** The number of requests to AWS so far, by action. */
    readonly calls: () => Readonly<Record<string, number>>
  }
