// Finds the services whose task definition refers to a secret of Secrets Manager or a parameter of Parameter Store.

import { groupBy, inBatches } from '../../model/batches.ts'
import type { Service, ServiceRef } from '../../model/ecs.ts'
import { type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import type { ServiceReads } from './reads.ts'

type Reads = Pick<ServiceReads, 'servicesOf' | 'secretsOf'>

/**
 * The maximum number of services that are searched. Our choice: at ten services and one task definition a call, the
 * search takes about a minute at AWS's sustained rate.
 */
const MOST_SEARCHED = 1_000

/** Matches the suffix that Secrets Manager adds to the name of a secret in its ARN. */
const SUFFIX = /-[A-Za-z0-9]{6}$/

/** The name in an ARN of a secret or a parameter. */
export const secretName = (arn: string): string =>
  arn.includes(':secret:') ? arn.replace(/^.*:secret:/, '').replace(SUFFIX, '') : arn.replace(/^.*:parameter\//, '')

/**
 * Whether a reference of a task definition in an account and region names the secret or parameter. After the ARN, a
 * reference may have a JSON key and a version. A reference may lack the suffix of a secret, and may be the bare name of
 * a parameter of the same account and region. Source: ECS developer guide, passing sensitive data to a container.
 */
export const isSameSecret = (reference: string, arn: string, at: Pick<ServiceRef, 'accountId' | 'region'>): boolean => {
  const [, partition, service, region, account] = arn.split(':')
  if (!reference.startsWith('arn:'))
    return (
      service === 'ssm' &&
      region === at.region &&
      account === at.accountId &&
      reference.replace(/^\//, '') === arn.replace(/^.*:parameter\//, '')
    )
  if (service === 'ssm') return reference === arn
  const whole = reference.split(':').slice(0, 7).join(':')
  if (whole === arn) return true
  const isWithout = (one: string, other: string) => SUFFIX.test(other) && one === other.replace(SUFFIX, '')
  return whole.startsWith(`arn:${partition}:`) && (isWithout(whole, arn) || isWithout(arn, whole))
}

/**
 * Finds the services in the secret's region whose task definition refers to the secret. `unread`: a sentence with the
 * number of task definitions that could not be read; absent if all were read.
 */
export const withSecret = async (
  arn: string,
  seen: readonly ServiceRef[],
  read: Reads,
): Promise<{ readonly refs: readonly ServiceRef[]; readonly unread?: string } | Refusal> => {
  const [, , , region = ''] = arn.split(':')
  const there = seen.filter(ref => ref.region === region)
  if (there.length > MOST_SEARCHED)
    return refuse(
      `${there.length} services in ${region} would have to be searched; one request searches at most ${MOST_SEARCHED}.`,
      'Restart them by cluster or tag.',
    )
  const services = (await read.servicesOf(there)).filter(({ taskDefinition }) => taskDefinition !== '')
  const keyOf = ({ ref, taskDefinition }: Service) => `${ref.accountId} ${taskDefinition}`
  const users = new Map(
    await inBatches(
      groupBy(services, keyOf),
      async ([one]) => [keyOf(one), await usesSecret(arn, one.ref, one.taskDefinition, read)] as const,
    ),
  )
  const unread = [...users.values()].filter(is => is === undefined).length
  return {
    refs: services.filter(service => users.get(keyOf(service)) === true).map(({ ref }) => ref),
    ...(unread > 0 && {
      unread: `${unread} task definitions could not be read: services that use them may be missing.`,
    }),
  }
}

/** Whether a task definition refers to the secret; undefined if the task definition cannot be read. */
const usesSecret = async (
  arn: string,
  ref: ServiceRef,
  definition: string,
  read: Reads,
): Promise<boolean | undefined> => {
  try {
    return (await read.secretsOf(ref, definition)).some(reference => isSameSecret(reference, arn, ref))
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error
    return undefined
  }
}
