// Creates the readers that use the viewer role on behalf of one person. AWS clients are loaded on first use, which keeps cold
// starts short.

import type { Readers } from '../../commands/readers.ts'
import type { Config } from '../../engine/rules/config.ts'
import { redactReaders } from '../../features/logs/redact-readers.ts'
import { redactionOptions } from '../../features/logs/redaction.ts'
import { loadIndex } from '../../features/services/index-store.ts'
import { accountOf } from '../../model/account.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { Store } from '../../model/ports/store.ts'
import { readHalt } from '../parameters.ts'
import { envOf } from '../signed-request.ts'
import type { Sessions } from './identity/sessions.ts'

type Surroundings = {
  /** The store, which contains the service index. */
  readonly store: Pick<Store, 'list'>
  /** The environment variables, which may override endpoints. */
  readonly env: NodeJS.ProcessEnv
}

export const createReaders = (config: Config, sessions: Sessions, { store, env }: Surroundings): Readers => {
  const ecs = once(async () => (await import('./ecs/ecs.ts')).createEcsReaders(config, sessions))
  const fromEcs = lazily(
    ecs,
    'servicesIn',
    'service',
    'servicesOf',
    'taskOwners',
    'task',
    'stoppedTasks',
    'protectedTasks',
  )
  const readers: Readers = {
    ...fromEcs,
    ...createGroups(config, sessions, env),
    ...createSingles(config, sessions, env),
    index: () => loadIndex(config, store, fromEcs.servicesIn),
    calls: sessions.calls,
    ...createFargateReaders(config, sessions, async ref => (await ecs()).taskVcpus(ref)),
    halted: async ref => readHalt(envOf(env, ref.region, await sessions.credentials(accountOf(config, ref)))),
  }
  return redactReaders(readers, redactionOptions({ config }))
}

/** Readers whose module contains several readers, which share AWS clients. */
const createGroups = (config: Config, sessions: Sessions, env: NodeJS.ProcessEnv) => {
  const isElsewhere = env['AWS_ENDPOINT_URL'] !== undefined
  const autoscaling = once(async () =>
    (await import('./scaling/autoscaling.ts')).createAutoscalingReaders(config, sessions),
  )
  const logs = once(async () => (await import('./logs/logs.ts')).createLogReaders(config, sessions, isElsewhere))
  const posture = once(async () => (await import('./ecs/posture.ts')).createPostureReaders(config, sessions))
  const details = once(async () => (await import('./ecs/service-detail.ts')).createDetailReaders(config, sessions))
  const bases = once(async () => (await import('./ecs/definition-base.ts')).createBaseReaders(config, sessions))
  const capacity = once(async () => (await import('./ecs/capacity.ts')).createCapacityReaders(config, sessions))
  const targets = once(async () => (await import('./target-health.ts')).createTargetReaders(config, sessions, env))
  const optimizer = once(async () => (await import('./optimizer.ts')).createOptimizerReaders(config, sessions))
  const hosts = once(async () => (await import('./ecs/hosts.ts')).createHostReaders(config, sessions, env))
  return {
    ...lazily(
      autoscaling,
      'autoscaling',
      'scalableTarget',
      'scalingPolicies',
      'scheduledActions',
      'scalingActivities',
      'scalingPast',
      'suspendedServices',
      'forecast',
    ),
    ...lazily(logs, 'logTasks', 'logTask', 'logLines', 'liveTail', 'sessionGroups'),
    ...lazily(posture, 'clusterPostures', 'servicePostures', 'definitionPosture', 'tasksIn', 'endlessLogs'),
    ...lazily(
      details,
      'serviceDetail',
      'runningTasks',
      'deployment',
      'deployments',
      'revisions',
      'definition',
      'definitionTags',
      'secretsOf',
    ),
    ...lazily(bases, 'definitionBase', 'newestRevision', 'registered'),
    ...lazily(hosts, 'hosts', 'imagesMade'),
    ...lazily(optimizer, 'advice', 'adviceOn'),
    ...lazily(capacity, 'capacity', 'provider', 'taskFit'),
    ...lazily(targets, 'targetHealth', 'drainSeconds', 'requestLabels'),
  }
}

/** Readers whose module contains no other reader. */
const createSingles = (config: Config, sessions: Sessions, env: NodeJS.ProcessEnv) => ({
  logGroupsThere: deferred(async () => (await import('./logs/log-groups.ts')).createLogGroupSearch(config, sessions)),
  rolesThere: deferred(async () => (await import('./identity/roles.ts')).createRoleSearch(config, sessions, env)),
  secretsThere: deferred(async () => (await import('./secrets.ts')).createSecretSearch(config, sessions, env)),
  alarms: deferred(async () => (await import('./metrics/alarms.ts')).createAlarmReader(config, sessions)),
  callsAtAws: deferred(async () => (await import('./identity/trail-calls.ts')).createCallReader(config, sessions)),
  actionLog: deferred(async () => (await import('./logs/action-logs.ts')).createActionLogReader(config, sessions)),
  callers: deferred(async () => (await import('./metrics/callers.ts')).createCallerReader(config, sessions)),
  changedAtAws: deferred(async () => (await import('./identity/cloudtrail.ts')).createTrail(config, sessions)),
  counts: deferred(async () => (await import('./metrics/counts.ts')).createCountReader(config, sessions)),
  deployCalls: deferred(async () => (await import('./identity/deploy-trail.ts')).createDeployTrail(config, sessions)),
  registerCalls: deferred(async () =>
    (await import('./identity/deploy-trail.ts')).createRegisterTrail(config, sessions),
  ),
  digestOf: deferred(async () => (await import('./images/ecr-images.ts')).createDigestReader(config, sessions)),
  endpoints: deferred(async () => (await import('./endpoints.ts')).createEndpointReader(config, sessions, env)),
  execSessions: deferred(async () => (await import('./ecs/exec-sessions.ts')).createSessionsReader(sessions)),
  execSite: deferred(async () => (await import('./ecs/exec-site.ts')).createExecSiteReader(config, sessions)),
  grantTags: deferred(async () => (await import('./ecs/exec-site.ts')).createGrantTagReader(config, sessions)),
  imageFacts: deferred(async () => (await import('./images/ecr-images.ts')).createFactsReader(config, sessions)),
  imageLoading: deferred(async () => (await import('./images/ecr-images.ts')).createImageReader(config, sessions)),
  imageScan: deferred(async () => (await import('./images/ecr-scans.ts')).createScanReader(config, sessions)),
  latticeHealth: deferred(async () => (await import('./lattice.ts')).createLatticeHealth(config, sessions)),
  loadByHour: deferred(async () => (await import('./metrics/load-by-hour.ts')).createHourlyLoad(config, sessions)),
  managedBy: deferred(async () => (await import('./managed-by.ts')).createProvenance(config, sessions)),
  requests: deferred(async () => (await import('./metrics/requests.ts')).createRequestReader(config, sessions)),
  runSite: deferred(async () => (await import('./ecs/run-site.ts')).createRunSiteReader(config, sessions)),
  tagsIn: deferred(async () => (await import('./tagging.ts')).createTagReader(sessions, env)),
  taskRole: deferred(async () => (await import('./identity/task-role.ts')).createTaskRoleReader(config, sessions, env)),
  use: deferred(async () => (await import('./metrics/use.ts')).createUseReader(config, sessions, env)),
  traffic: deferred(async () => (await import('./metrics/traffic.ts')).createTrafficReader(config, sessions)),
  usage: deferred(async () => (await import('./metrics/metrics.ts')).createUsageReader(config, sessions)),
})

/** Creates the readers of Fargate capacity. `vcpusOf`: reads the size of one running Fargate task. */
const createFargateReaders = (
  config: Config,
  sessions: Sessions,
  vcpusOf: (ref: ServiceRef) => Promise<number | undefined>,
): Pick<Readers, 'fargate' | 'vcpuRoom'> => {
  const quotaOf = deferred(async () => (await import('./scaling/service-quotas.ts')).createFargateQuota(sessions))
  const usageOf = deferred(async () => (await import('./scaling/fargate-usage.ts')).createFargateUsage(sessions))
  const vcpuRoom: Readers['vcpuRoom'] = async (ref, purchase) => {
    const account = accountOf(config, ref)
    const [quota, used] = await Promise.all([
      quotaOf(account, ref.region, purchase),
      usageOf(account, ref.region, purchase),
    ])
    return { ...(quota !== undefined && { quota }), ...(used !== undefined && { used }) }
  }
  return {
    vcpuRoom,
    fargate: async ref => {
      const [{ quota, used }, each] = await Promise.all([vcpuRoom(ref, 'on-demand'), vcpusOf(ref)])
      if (quota === undefined || each === undefined) return undefined
      return { quota, each, ...(used !== undefined && { used }) }
    },
  }
}

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** A reader whose module is loaded on the first call. */
const deferred = <Args extends readonly unknown[], Result>(
  make: () => Promise<(...args: Args) => Promise<Result>>,
): ((...args: Args) => Promise<Result>) => {
  const load = once(make)
  return async (...args) => (await load())(...args)
}

type Reader = (...args: never[]) => Promise<unknown>

/** Several readers of one module, which is loaded on the first call of any of them. */
const lazily = <All extends Record<Name, Reader>, Name extends keyof All>(
  load: () => Promise<All>,
  ...names: readonly Name[]
): Pick<All, Name> => {
  const ask =
    (name: Name) =>
    async (...args: never[]) =>
      (await load())[name](...args)
  return Object.fromEntries(names.map(name => [name, ask(name)])) as Pick<All, Name>
}
