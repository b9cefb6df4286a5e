// The seeded services, and the settings from which each is built.

import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs'

const mostlySpot: readonly CapacityProviderStrategyItem[] = [
  { capacityProvider: 'FARGATE', weight: 1, base: 1 },
  { capacityProvider: 'FARGATE_SPOT', weight: 3, base: 0 },
]

export type Recipe = {
  readonly name: string
  readonly desired: number
  readonly cpu?: string
  readonly memory?: string
  /** The number of older revisions of the task definition, registered before the running revision. */
  readonly older?: number
  readonly strategy?: readonly CapacityProviderStrategyItem[]
  /** The capacity on which the tasks run, if not Fargate. Without a strategy, this is also the launch type. */
  readonly runsOn?: 'EC2' | 'MANAGED_INSTANCES'
  readonly isDaemon?: boolean
  readonly isBalanced?: boolean
  /** Whether ECS moves the traffic of its load balancer between two target groups. */
  readonly shiftsTraffic?: boolean
  readonly isExecutable?: boolean
  readonly sidecar?: boolean
  readonly isExpress?: boolean
  /** Whether other services call this service over Service Connect. */
  readonly isConnected?: boolean
  /** Whether this service calls other services over Service Connect, but is not called by other services. */
  readonly isClient?: boolean
  /** Whether other services reach this service over VPC Lattice. */
  readonly isInLattice?: boolean
  /**
   * The recommended settings that the service lacks, which `/ecs check` reports. The default is a list that applies to most
   * seeded services.
   */
  readonly missingSettings?: MissingSettings
  readonly exec?: ExecTrouble
}

/** A problem that prevents commands in a container. */
export type ExecTrouble = {
  readonly isReadOnly?: true
  readonly isAgentStopped?: true
  readonly sharesProcesses?: true
}

type MissingSettings = {
  readonly variables?: readonly string[]
  readonly isLatest?: true
  readonly isPrivileged?: true
  readonly isPublic?: true
  readonly keepsLogs?: true
}

/**
 * Services with ECS Exec enabled, outside the first region of prod. Some of these services have a problem that prevents
 * commands.
 */
export const executable: Readonly<Record<string, Readonly<Record<string, Partial<Recipe>>>>> = {
  'prod.eu-west-1': {
    'web/checkout': { isExecutable: true, exec: { isAgentStopped: true } },
    'web/search': { isExecutable: true },
  },
  'staging.us-east-1': {
    'web/catalog-api': { isExecutable: true },
    'web/checkout': { isExecutable: true, exec: { sharesProcesses: true } },
    'web/reports': { isExecutable: true, exec: { isReadOnly: true } },
    'jobs/reports': {
      isExecutable: true,
      missingSettings: { variables: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] },
    },
  },
}

export const webServices: readonly Recipe[] = [
  {
    name: 'orders-api',
    desired: 4,
    cpu: '1024',
    memory: '2048',
    older: 6,
    isBalanced: true,
    isExecutable: true,
    sidecar: true,
  },
  { name: 'checkout', desired: 6, cpu: '1024', memory: '2048', older: 3, isBalanced: true, isConnected: true },
  {
    name: 'payments-api',
    desired: 3,
    older: 2,
    isBalanced: true,
    isClient: true,
    missingSettings: { variables: ['STRIPE_SECRET_KEY', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] },
  },
  { name: 'search', desired: 5, cpu: '2048', memory: '8192', older: 1, isBalanced: true, isInLattice: true },
  { name: 'catalog-api', desired: 4, older: 4, isBalanced: true, strategy: mostlySpot },
  { name: 'reports', desired: 1, missingSettings: { isLatest: true, isPublic: true, keepsLogs: true } },
]

export const jobServices: readonly Recipe[] = [
  { name: 'orders-worker', desired: 3, older: 5, isExecutable: true },
  { name: 'notifications', desired: 8, cpu: '256', memory: '512', older: 2, strategy: mostlySpot },
  { name: 'reports', desired: 2, older: 1 },
  { name: 'log-shipper', desired: 0, isDaemon: true, missingSettings: { isPrivileged: true } },
]
