// The CloudWatch alarms that fail a deployment. Source: ECS developer guide, deployment alarm failure; ECS API reference,
// ServiceDeploymentAlarms. The sources disagree whether alarms work for strategies other than ROLLING; here they do.

import type { StateValue } from '@aws-sdk/client-cloudwatch'
import { alarmKey } from './alarm-states.ts'
import type { Engine } from './context.ts'
import { failByAlarm } from './deployments.ts'
import type { Place } from './place.ts'
import type { DeploymentRecord } from './state.ts'

const isWatching = (record: DeploymentRecord, { account, region }: Place, name: string): boolean => {
  const { cluster, deployments } = record.service
  return (
    cluster.account === account &&
    cluster.region === region &&
    record.status === 'IN_PROGRESS' &&
    deployments[0]?.record === record &&
    record.alarms?.isIgnored === false &&
    record.alarms.names.includes(name)
  )
}

/** Called when an alarm is created or changes its state. In ALARM, the deployments that watch this alarm fail. */
export const alarmBecame = (engine: Engine, place: Place, name: string, state: StateValue | undefined): void => {
  const key = alarmKey(place, name)
  if (state === undefined) engine.alarmStates.delete(key)
  else engine.alarmStates.set(key, state)
  if (state !== 'ALARM') return
  for (const record of engine.records.values())
    if (isWatching(record, place, name)) {
      record.alarms?.triggered.push(name)
      failByAlarm(engine, record)
      engine.wake(record.service)
    }
}
