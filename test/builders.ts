// Small things that tests build their worlds from.
import type { Deployment, Service, ServiceRef, StoppedTask } from '../src/model.ts'

export const aRef = (ref: Partial<ServiceRef> = {}): ServiceRef => ({
  account: 'prod',
  accountId: '111122223333',
  region: 'us-east-1',
  cluster: 'web',
  service: 'orders-api',
  arn: `arn:aws:ecs:us-east-1:111122223333:service/${ref.cluster ?? 'web'}/${ref.service ?? 'orders-api'}`,
  ...ref,
})

export const aDeployment = (deployment: Partial<Deployment> = {}): Deployment => ({
  id: 'ecs-svc/1234567890123456789',
  status: 'PRIMARY',
  rolloutState: 'COMPLETED',
  taskDefinition: 'orders-api:7',
  desired: 4,
  running: 4,
  pending: 0,
  failed: 0,
  createdAt: '2026-11-01T00:00:00.000Z',
  ...deployment,
})

export const aService = (service: Partial<Service> = {}): Service => ({
  ref: aRef(),
  status: 'ACTIVE',
  scheduling: 'REPLICA',
  createdAt: '2026-01-01T00:00:00.000Z',
  desired: 4,
  running: service.desired ?? 4,
  pending: 0,
  taskDefinition: 'orders-api:7',
  capacity: 'FARGATE',
  events: [],
  deployments: [aDeployment()],
  ...service,
})

export const aStoppedTask = (task: Partial<StoppedTask> = {}): StoppedTask => ({
  id: 'b99d40b351764f719a529dbd6f1cebef',
  createdAt: '2026-11-22T03:00:10.000Z',
  stoppedAt: '2026-11-22T03:00:40.000Z',
  stopCode: 'EssentialContainerExited',
  reason: 'Essential container in task exited',
  containers: [{ name: 'app', exitCode: 137 }],
  ...task,
})
