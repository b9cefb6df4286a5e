// What people look at fits into a message, and is text, whatever AWS says.
import { expect, test } from 'vitest'
import { renderHistory } from '../../../src/features/deployments/render-history.ts'
import type { Status } from '../../../src/features/status/load-status.ts'
import { renderEvents } from '../../../src/features/status/render-events.ts'
import { renderStatus } from '../../../src/features/status/render-status.ts'
import { renderTasks } from '../../../src/features/status/render-tasks.ts'
import { misfits } from '../../../src/kit/messages/limits.ts'
import type { DeploymentRecord, RunningTask, ServiceDetail } from '../../../src/model/service-detail.ts'
import { aDeployment, anAutoscaling, aRef, aService, aStoppedTask } from '../../builders.ts'

const evil = '<!channel> *bold* `code` <https://evil.example|click> '.repeat(30)
const at = '2026-11-22T03:00:00.000Z'
const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n))

const aTask = (n: number): RunningTask => ({
  id: `${n}`.padStart(32, 'a'),
  status: 'RUNNING',
  health: 'UNHEALTHY',
  zone: evil,
  capacity: evil,
  launchType: 'EC2',
  host: `${n}`,
  needs: { cpu: 256, memory: 512 },
  taskDefinition: evil,
  isExecReady: true,
  isExecEnabled: true,
  containers: many(10, index => ({ name: `${evil}${index}`, image: evil, digest: `${evil}${n}`, health: 'UNHEALTHY' })),
  createdAt: at,
})

const detail: ServiceDetail = {
  service: aService({
    taskDefinition: evil,
    capacity: evil,
    deployments: many(5, () => aDeployment({ taskDefinition: evil, rolloutState: 'FAILED' })),
  }),
  strategy: { kind: evil, least: 100, most: 200, bakeMinutes: 5, step: 10 },
  breaker: { rollback: true },
  alarms: many(50, n => `${evil}${n}`),
  alarmsRollBack: true,
  isExecEnabled: true,
  placement: many(5, () => evil),
  isRebalancing: true,
  securityGroups: many(5, () => evil),
  subnets: 3,
  hasPublicIp: true,
  targetGroups: [],
  connect: { namespace: evil, names: many(20, () => evil) },
  latticeGroups: [],
  events: many(100, n => ({ at, message: `${String.fromCharCode(65 + (n % 26))}${'z'.repeat(n)} ${evil}` })),
  revisions: [],
}

const status: Status = {
  detail,
  autoscaling: anAutoscaling(),
  running: { tasks: many(100, aTask), isPartial: true },
  revisions: [],
  alarms: many(50, n => ({ name: `${evil}${n}`, state: 'ALARM' as const, since: at })),
  scalingAlarms: new Set(),
  targets: many(5, () => ({ group: evil, targets: many(100, n => ({ id: `${n}`, state: 'unhealthy', why: evil })) })),
  lattice: many(5, () => ({ group: evil, targets: [{ id: '1', state: evil, why: evil }], isPartial: true as const })),
  traffic: [],
  now: at,
  hosts: many(20, n => ({
    arn: `${n}`,
    instance: evil,
    status: evil,
    isConnected: false,
    agent: evil,
    ami: evil,
    zone: evil,
    left: { cpu: 1_024, memory: 2_048 },
    kind: 'external' as const,
    tasks: 5,
    fits: 0,
  })),
  unread: many(9, () => evil),
}

const record = (n: number): DeploymentRecord => ({
  id: `${n}`,
  arn: `${n}`,
  status: 'ROLLBACK_FAILED',
  reason: evil,
  createdAt: at,
  strategy: evil,
  from: [],
  to: '',
  alarms: { status: 'TRIGGERED', triggered: many(20, () => evil) },
  rollback: { reason: evil, at, to: '' },
})

test.each([
  ['status', renderStatus(status)],
  [
    'tasks',
    renderTasks({
      ref: aRef(),
      running: { tasks: many(100, aTask), isPartial: true },
      stopped: many(100, n =>
        aStoppedTask({ id: `${n}`.padStart(32, 'b'), reason: evil, containers: [], taskDefinition: evil }),
      ),
      hasMore: true,
      images: many(3, () => ({ container: evil, megabytes: 900 })),
      unread: [evil],
      isLastHour: false,
      now: at,
    }),
  ],
  ['events', renderEvents(detail)],
  ['deployments', renderHistory({ ref: aRef(), deployments: many(10, record), revisions: [], now: at })],
])('%s', (_, message) => {
  expect(misfits(message)).toEqual([])
  const json = JSON.stringify(message.blocks)
  expect(json).not.toContain('"mrkdwn"')
  expect(json).not.toContain('"type":"link"')
  expect(message.text).not.toMatch(/<!channel>|<https/)
})
