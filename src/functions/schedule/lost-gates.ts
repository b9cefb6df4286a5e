// Finds gates whose event was lost: a bounded look at services that have hooks, or that are deploying.

import { executionKey } from '../../engine/change/records.ts'
import { logError } from '../../engine/jobs/log-error.ts'
import { SYSTEM } from '../../engine/rules/asker.ts'
import { gateOperation, isWaiting } from '../../features/deployments/gates/gate.ts'
import { type FoundGate, HOOKED } from '../../features/deployments/gates/gate-events.ts'
import { placesOf } from '../../features/services/index-store.ts'
import { arnOf } from '../../features/services/service-index.ts'
import { type ServiceState, statesOf } from '../../features/status/service-health.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { startGate } from '../events/start-gate.ts'
import type { GatePorts } from './gate-ports.ts'

/** The most services of one look, of each kind. Each costs two reads. */
const MOST_SERVICES = 50
/** Looks come every 15 minutes. */
const LOOK_MS = 15 * 60_000

export const findLostGates = async (ports: GatePorts): Promise<void> => {
  const services = await servicesToSee(ports)
  for (const ref of services.values()) await lookAtService(ref, ports).catch(error => logError('gate', ref.arn, error))
}

/** Starts the operations of the gates at which the newest deployment waits, where there are none. */
const lookAtService = async ({ account, ...service }: ServiceRef, ports: GatePorts): Promise<void> => {
  const read = ports.readers(await ports.config(), SYSTEM, 'schedule')
  const [record] = await read.deployments({ account, ...service }, 1)
  if (record === undefined) return
  for (const { id, expiresAt = '' } of (record.hooks ?? []).filter(isWaiting)) {
    const gate: FoundGate = { hookId: id, deployment: record.arn, stage: record.stage ?? '', expiresAt, service }
    if ((await ports.store.get(executionKey(gateOperation(gate)))) === undefined)
      await startGate(gate, ports.startOperation)
  }
}

type Hooked = Pick<ServiceRef, 'accountId' | 'region' | 'cluster' | 'service'>

/** Where there are more, each look takes the next ones. */
const inTurn = <T>(all: readonly T[], now: string): readonly T[] => {
  const looks = Math.ceil(all.length / MOST_SERVICES)
  const look = Math.floor(Date.parse(now) / LOOK_MS) % Math.max(1, looks)
  return all.slice(look * MOST_SERVICES, (look + 1) * MOST_SERVICES)
}

const servicesToSee = async ({ config, store, now }: GatePorts): Promise<ReadonlyMap<string, ServiceRef>> => {
  const places = placesOf(await config())
  const hooked = inTurn(
    (await store.list<Hooked>(HOOKED)).map(({ value }) => value),
    now(),
  )
  const states = await Promise.all(
    places.map(async ({ account, region }) =>
      (await store.list<ServiceState>(statesOf({ accountId: account.id, region }))).map(({ key, value }) => {
        const [cluster = '', service = ''] = key.sk.split('/')
        return { at: value.at, kind: value.kind, of: { accountId: account.id, region, cluster, service } }
      }),
    ),
  )
  const deploying = states
    .flat()
    .filter(({ kind }) => kind === 'deploying')
    .toSorted((a, b) => (a.at < b.at ? 1 : -1))
    .map(({ of }) => of)
  const found = [...hooked, ...deploying.slice(0, MOST_SERVICES)].flatMap(of => {
    const place = places.find(({ account, region }) => account.id === of.accountId && region === of.region)
    return place === undefined ? [] : [{ ...of, account: place.account.name, arn: arnOf(of) }]
  })
  return new Map(found.map(ref => [ref.arn, ref]))
}
