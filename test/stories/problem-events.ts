// Events of ECS, CloudWatch and AWS Health, as EventBridge delivers them, for stories of problems.
import type { StoryWorld } from './story-world.ts'

const ACCOUNT = '111122223333'
const REGION = 'us-east-1'

type Stop = {
  readonly id: string
  /** Epoch milliseconds. */
  readonly at: number
  readonly service?: string
  readonly account?: string
  readonly reason?: string
  readonly code?: string
  readonly exitCode?: number
  readonly containerReason?: string
  readonly zone?: string
  readonly deployment?: string
}

const envelope = (account: string, at: number) => ({
  version: '0',
  source: 'aws.ecs',
  account,
  region: REGION,
  time: `${new Date(at).toISOString().slice(0, 19)}Z`,
  aFieldOfTomorrow: { isThere: true },
})

export const serviceArn = (name: string, account = ACCOUNT): string =>
  `arn:aws:ecs:${REGION}:${account}:service/${name}`

export const aStop = ({ id, at, service = 'web/orders-api', account = ACCOUNT, ...of }: Stop) => {
  const [cluster, name] = service.split('/')
  const arn = `arn:aws:ecs:${REGION}:${account}`
  return {
    ...envelope(account, at),
    'detail-type': 'ECS Task State Change',
    resources: [`${arn}:task/${cluster}/${id}`],
    detail: {
      clusterArn: `${arn}:cluster/${cluster}`,
      taskArn: `${arn}:task/${cluster}/${id}`,
      taskDefinitionArn: `${arn}:task-definition/${name}:7`,
      group: `service:${name}`,
      lastStatus: 'STOPPED',
      createdAt: new Date(at - 60_000).toISOString(),
      startedAt: new Date(at - 50_000).toISOString(),
      stoppedAt: new Date(at).toISOString(),
      stopCode: of.code ?? 'EssentialContainerExited',
      stoppedReason: of.reason ?? 'Essential container in task exited',
      availabilityZone: of.zone ?? 'us-east-1a',
      ...(of.deployment !== undefined && { startedBy: of.deployment }),
      containers: [
        {
          name: 'app',
          ...(of.exitCode !== undefined && { exitCode: of.exitCode }),
          ...(of.containerReason !== undefined && { reason: of.containerReason }),
        },
      ],
    },
  }
}

export const anOom = (stop: Stop) =>
  aStop({ exitCode: 137, containerReason: 'OutOfMemoryError: Container killed due to memory usage', ...stop })

export const aCrash = (stop: Stop) => aStop({ exitCode: 1, ...stop })

export const aServiceEvent = (eventName: string, at: number, service = 'web/orders-api', detail: object = {}) => ({
  ...envelope(ACCOUNT, at),
  'detail-type': eventName.startsWith('SERVICE_DEPLOYMENT') ? 'ECS Deployment State Change' : 'ECS Service Action',
  resources: [serviceArn(service)],
  detail: { eventName, ...detail },
})

export const anAlarmEvent = (name: string, value: 'ALARM' | 'OK', at: number, service = 'web/orders-api') => {
  const [ClusterName, ServiceName] = service.split('/')
  return {
    ...envelope(ACCOUNT, at),
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    detail: {
      alarmName: name,
      state: { value, timestamp: new Date(at).toISOString(), reason: 'Threshold Crossed: 9 datapoints' },
      previousState: { value: value === 'OK' ? 'ALARM' : 'OK' },
      configuration: { metrics: [{ metricStat: { metric: { dimensions: { ClusterName, ServiceName } } } }] },
    },
  }
}

/** A task id of 32 hexadecimal digits. */
export const taskId = (number: number): string => number.toString(16).padStart(32, '0')

export const send = async (world: StoryWorld, ...events: readonly object[]): Promise<void> => {
  for (const event of events) world.functions.invokeAsync('quarterdeck-events', event)
  await world.quiet()
}
