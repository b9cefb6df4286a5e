// Pure: what is wrong with a strategy for a service, before anybody is asked. Rules: ECS developer guide, capacity
// providers and launch types; UpdateService.

import type { Lease, LeaseBook } from '../../engine/leases/book.ts'
import { offersOf } from '../../engine/leases/offers.ts'
import { fullName } from '../../kit/language/target.ts'
import { plainName } from '../../kit/messages/text.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import { refuseDeployment } from '../deployments/replacement.ts'
import type { Capacity } from './load-capacity.ts'
import type { Provider } from './reads.ts'
import { FARGATE, providerText, SPOT, type Strategy } from './strategy.ts'

/** The kind of capacity: providers of different kinds cannot be in one strategy. */
const kindOf = ({ type }: Provider): string => (type === SPOT ? FARGATE : type)

const KINDS: Readonly<Record<string, string>> = {
  FARGATE: 'Fargate',
  EC2_AUTOSCALING: 'an Auto Scaling group',
  MANAGED_INSTANCES: 'Managed Instances',
}

/** The value of `compatibilities` that a kind of capacity needs. */
const NEEDS: Readonly<Record<string, string>> = {
  FARGATE: 'FARGATE',
  EC2_AUTOSCALING: 'EC2',
  MANAGED_INSTANCES: 'MANAGED_INSTANCES',
}

/** The temporary change of capacity that runs, and the one whose operation is dead: only a person ends that one. */
export const capacityLeases = (book: LeaseBook | undefined) => {
  const leases = (book?.held.capacity?.leases ?? []).filter(({ left }) => left === undefined)
  return {
    running: leases.find(({ lost }) => lost === undefined),
    dead: leases.find(({ lost }) => lost !== undefined),
  }
}

export const refuseDead = (name: string, book: LeaseBook, lease: Lease): Refusal =>
  refuse(
    `The operation of the temporary change of the capacity of *${plainName(name)}* is dead: it does not return by itself.`,
    'Restore the earlier capacity, or keep this one.',
    offersOf(book, lease),
  )

/** The refusal of a switch of the service's capacity. A permanent one may take back what a dead operation left. */
export const refuseSwitch = ({ service, book, preempted }: Capacity, isTemporary: boolean): Refusal | undefined => {
  const { running, dead } = capacityLeases(book)
  const { service: found } = service.detail
  const name = fullName(found.ref)
  if (found.isExpress)
    return refuse(`*${plainName(found.ref.service)}* is an Express service: ECS runs it on Fargate only.`)
  if (running !== undefined)
    return refuse(
      `A temporary change of the capacity of *${plainName(found.ref.service)}* is running.`,
      'Return first, or extend it.',
      [
        { label: 'Return Now', invocation: `capacity return ${name}` },
        { label: 'Extend By 1 Hour', invocation: `lease extend ${name} 1h` },
      ],
    )
  return dead !== undefined && book !== undefined && isTemporary
    ? refuseDead(found.ref.service, book, dead)
    : refuseDeployment(found, 'moved', preempted)
}

export const refuseStrategy = (state: Capacity, strategy: Strategy): Refusal | undefined => {
  const { providers, isAttaching, detail } = state.service
  if (isAttaching)
    return refuse(
      `The cluster *${plainName(detail.service.ref.cluster)}* is changing its capacity providers.`,
      'Try again in a minute.',
    )
  const found = strategy.map(({ provider }) => ({ provider, known: providers.find(({ name }) => name === provider) }))
  const missing = found.find(({ known }) => known?.isAttached !== true)
  if (missing !== undefined) return refuseUnattached(state, missing.provider)
  const known = found.flatMap(one => one.known ?? [])
  const inactive = known.find(({ status }) => status !== 'ACTIVE')
  if (inactive !== undefined)
    return refuse(
      `The capacity provider \`${plainName(inactive.name)}\` is ${inactive.status.toLowerCase()}: ECS starts no tasks on it.`,
      'Wait until it is active, or use another one.',
    )
  const kinds = [...new Set(known.map(kindOf))]
  if (kinds.length > 1)
    return refuse(
      `One strategy cannot mix ${kinds.map(kind => KINDS[kind] ?? kind).join(' and ')}.`,
      'Use providers of one kind.',
    )
  return refuseDefinition(state, kinds[0] ?? '', known)
}

const refuseUnattached = ({ service }: Capacity, provider: string): Refusal => {
  const { ref } = service.detail.service
  const name = plainName(provider)
  const usable = service.providers.filter(({ isAttached }) => isAttached).map(one => `\`${plainName(one.name)}\``)
  return refuse(
    `The capacity provider \`${name}\` is not attached to the cluster *${plainName(ref.cluster)}*.`,
    usable.length === 0 ? 'The cluster has no capacity providers.' : `It has ${usable.slice(0, 10).join(', ')}.`,
    [{ label: 'Attach It', invocation: `capacity attach ${fullName(ref)} ${provider}` }],
  )
}

const refuseDefinition = (
  { service: { fit, detail, platform } }: Capacity,
  kind: string,
  known: readonly Provider[],
): Refusal | undefined => {
  const needed = NEEDS[kind]
  const definition = `\`${plainName(fit.name)}\``
  if (needed !== undefined && fit.compatibilities.length > 0 && !fit.compatibilities.includes(needed))
    return refuse(
      `${definition} cannot run on ${KINDS[kind]}: it is compatible with ${fit.compatibilities.join(', ')} only.`,
      kind === FARGATE
        ? 'Deploy a revision with `awsvpc`, task-level CPU and memory, and FARGATE in `requiresCompatibilities` first.'
        : `Deploy a revision with ${needed} in \`requiresCompatibilities\` first.`,
    )
  if (kind === 'MANAGED_INSTANCES' && detail.service.scheduling === 'DAEMON')
    return refuse('Managed Instances do not run daemon services.', 'Use a managed daemon instead.')
  if (!known.some(({ type }) => type === SPOT)) return undefined
  if (fit.isWindows) return refuse(`${definition} is a Windows task: Fargate Spot runs Linux only.`, 'Use Fargate.')
  const isOld =
    platform !== undefined && platform !== 'LATEST' && platform < (fit.architecture === 'ARM64' ? '1.4.0' : '1.3.0')
  return isOld
    ? refuse(
        `Platform version ${platform} has no Fargate Spot for ${fit.architecture}.`,
        'Deploy with `platformVersion: LATEST` first.',
      )
    : undefined
}

/** ECS's default `stopTimeout` on Fargate, in seconds. */
const STOP_SECONDS = 30

/**
 * What may go wrong on Spot, as lines of `losses`. Fargate sends SIGTERM at once, and SIGKILL after `stopTimeout`.
 */
export const spotWarnings = (
  { service: { fit }, drainSeconds, isProduction }: Capacity,
  strategy: Strategy,
): readonly string[] => {
  if (!strategy.some(({ provider, weight, base }) => provider === SPOT && weight + base > 0)) return []
  const stop = fit.stopSeconds ?? STOP_SECONDS
  const hasBase = strategy.some(({ provider, base }) => provider === FARGATE && base > 0)
  return [
    ...(drainSeconds !== undefined && stop < drainSeconds
      ? [`stopTimeout ${stop} s < draining ${drainSeconds} s: requests may break`]
      : fit.stopSeconds === undefined
        ? [`stopTimeout is not set: tasks have ${STOP_SECONDS} s to stop`]
        : []),
    ...(isProduction && !hasBase ? [`Production has no base on ${providerText(FARGATE)}`] : []),
  ]
}
