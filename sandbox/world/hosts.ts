// The container instances (EC2 hosts) of a cluster, with agent, AMI and capacity. Equal clusters have equal hosts.

import type { Place } from './place.ts'
import { type Host, isAlive, type Task } from './state.ts'

const DAY_MS = 86_400_000

/** Returns the n-th host of a cluster. The hosts alternate between the zones, and the last host has the oldest AMI. */
const hostOf = ({ account, region }: Place, cluster: string, n: number, now: number): Host => {
  const id = hexOf(`${account} ${region} ${cluster} ${n}`)
  const age = 30 + 90 * n
  return {
    id,
    arn: `arn:aws:ecs:${region}:${account}:container-instance/${cluster}/${id}`,
    instanceId: `i-0${id.slice(0, 16)}`,
    zone: `${region}${'abc'.charAt(n % 3)}`,
    registeredAt: now - 20 * DAY_MS,
    instanceType: 'm6i.large',
    cpu: 2_048,
    memory: 7_764,
    status: 'ACTIVE',
    agentConnected: true,
    agentVersion: '1.98.0',
    ami: { id: `ami-0${hexOf(`${region} ${age}`).slice(0, 16)}`, createdAt: now - age * DAY_MS },
  }
}

const hexOf = (text: string): string => {
  let hash = 0x811c9dc5
  const words = Array.from({ length: 4 }, (_, salt) => {
    for (const char of `${salt}${text}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0
    return hash.toString(16).padStart(8, '0')
  })
  return words.join('')
}

export const makeHosts = (place: Place, cluster: string, count: number, now: number): readonly Host[] =>
  Array.from({ length: count }, (_, n) => hostOf(place, cluster, n, now))

const unitsOf = ({ definition: { input } }: Task): { readonly cpu: number; readonly memory: number } => ({
  cpu: Number(input.cpu ?? 0) || sum(input.containerDefinitions?.map(({ cpu }) => cpu)),
  memory: Number(input.memory ?? 0) || sum(input.containerDefinitions?.map(({ memory }) => memory)),
})

const sum = (numbers: readonly (number | undefined)[] = []): number =>
  numbers.reduce<number>((all, one) => all + (one ?? 0), 0)

/** The free capacity of a host, in CPU units and MiB. `tasks`: the tasks of the cluster. */
export const leftOn = (host: Host, tasks: Iterable<Task>): { readonly cpu: number; readonly memory: number } => {
  const allocated = [...tasks].filter(task => task.host === host && isAlive(task)).map(unitsOf)
  return {
    cpu: host.cpu - sum(allocated.map(({ cpu }) => cpu)),
    memory: host.memory - sum(allocated.map(({ memory }) => memory)),
  }
}

/** The host with the most free capacity in a zone or, if the zone has no host, in any zone. */
export const emptiest = (hosts: readonly Host[], zone: string, tasks: Iterable<Task>): Host | undefined => {
  const all = [...tasks]
  const open = hosts.filter(({ status, agentConnected }) => status === 'ACTIVE' && agentConnected)
  const near = open.filter(host => host.zone === zone)
  return (near.length > 0 ? near : open).toSorted((a, b) => leftOn(b, all).cpu - leftOn(a, all).cpu)[0]
}
