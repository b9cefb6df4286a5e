// Creates the readers of one person's viewer role. AWS clients are loaded on first use, for short cold starts.

import type { Readers } from '../../commands/readers.ts'
import type { Config } from '../../engine/rules/config.ts'
import { loadIndex } from '../../features/services/index-store.ts'
import { accountOf } from '../../model/account.ts'
import type { Store } from '../../model/ports/store.ts'
import { readHalt } from '../parameters.ts'
import { envOf } from '../signed-request.ts'
import type { Sessions } from './identity/sessions.ts'

type Surroundings = {
  /** Stores the service index. */
  readonly store: Pick<Store, 'list'>
  /** Endpoint overrides. */
  readonly env: NodeJS.ProcessEnv
}

export const createReaders = (config: Config, sessions: Sessions, { store, env }: Surroundings): Readers => {
  const ecs = once(async () => (await import('./ecs/ecs.ts')).createEcsReaders(config, sessions))
  const autoscaling = once(async () =>
    (await import('./scaling/autoscaling.ts')).createAutoscalingReaders(config, sessions),
  )
  const logs = once(async () =>
    (await import('./logs/logs.ts')).createLogReaders(config, sessions, env['AWS_ENDPOINT_URL'] !== undefined),
  )
  const posture = once(async () => (await import('./ecs/posture.ts')).createPostureReaders(config, sessions))
  const imageScan = once(async () => (await import('./images/ecr-scans.ts')).createScanReader(config, sessions))
  const images = once(async () => (await import('./images/ecr-images.ts')).createImageReader(config, sessions))
  const tagsIn = once(async () => (await import('./tagging.ts')).createTagReader(sessions, env))
  const managedBy = once(async () => (await import('./managed-by.ts')).createProvenance(config, sessions))
  const changedAtAws = once(async () => (await import('./identity/cloudtrail.ts')).createTrail(config, sessions))
  const quotas = once(async () => (await import('./scaling/service-quotas.ts')).createFargateQuota(sessions))
  const usage = once(async () => (await import('./scaling/fargate-usage.ts')).createFargateUsage(sessions))
  const states = once(async () => (await import('./ecs/service-detail.ts')).createStateReaders(config, sessions))
  const hosts = once(async () => (await import('./ecs/hosts.ts')).createHostReaders(config, sessions, env))
  const alarms = once(async () => (await import('./metrics/alarms.ts')).createAlarmReader(config, sessions))
  const targetHealth = once(async () => (await import('./target-health.ts')).createTargetHealth(config, sessions, env))
  const execSite = once(async () => (await import('./ecs/exec-site.ts')).createExecSiteReader(config, sessions))
  const taskRole = once(async () =>
    (await import('./identity/task-role.ts')).createTaskRoleReader(config, sessions, env),
  )
  const endpoints = once(async () => (await import('./endpoints.ts')).createEndpointReader(config, sessions, env))
  const execSessions = once(async () => (await import('./ecs/exec-sessions.ts')).createSessionsReader(sessions))
  const lattice = once(async () => (await import('./lattice.ts')).createLatticeHealth(config, sessions))
  const counts = once(async () => (await import('./metrics/counts.ts')).createCountReader(config, sessions))
  const traffic = once(async () => (await import('./metrics/traffic.ts')).createTrafficReader(config, sessions))
  const metrics = once(async () => (await import('./metrics/metrics.ts')).createUsageReader(config, sessions))
  const fromEcs = lazily(ecs, 'servicesIn', 'service', 'taskOwners', 'stoppedTasks', 'protectedTasks')
  return {
    ...fromEcs,
    ...lazily(autoscaling, 'autoscaling', 'scalingActivities'),
    ...lazily(logs, 'logTasks', 'logLines', 'liveTail'),
    ...lazily(posture, 'clusterPostures', 'servicePostures', 'definitionPosture', 'tasksIn', 'endlessLogs'),
    index: () => loadIndex(config, store, fromEcs.servicesIn),
    imageLoading: async (...args) => (await images())(...args),
    imageScan: async (...args) => (await imageScan())(...args),
    tagsIn: async (...args) => (await tagsIn())(...args),
    managedBy: async (...args) => (await managedBy())(...args),
    changedAtAws: async (...args) => (await changedAtAws())(...args),
    ...lazily(states, 'serviceDetail', 'runningTasks', 'deployment', 'deployments', 'revisions', 'definition'),
    ...lazily(hosts, 'hosts', 'imagesMade'),
    alarms: async (...args) => (await alarms())(...args),
    targetHealth: async (...args) => (await targetHealth())(...args),
    execSite: async (...args) => (await execSite())(...args),
    taskRole: async (...args) => (await taskRole())(...args),
    endpoints: async (...args) => (await endpoints())(...args),
    execSessions: async (...args) => (await execSessions())(...args),
    latticeHealth: async (...args) => (await lattice())(...args),
    counts: async (...args) => (await counts())(...args),
    traffic: async (...args) => (await traffic())(...args),
    usage: async (...args) => (await metrics())(...args),
    calls: sessions.calls,
    fargate: async ref => {
      const account = accountOf(config, ref)
      const [quotaOf, usageOf, reading] = await Promise.all([quotas(), usage(), ecs()])
      const [quota, used, each] = await Promise.all([
        quotaOf(account, ref.region),
        usageOf(account, ref.region),
        reading.taskVcpus(ref),
      ])
      if (quota === undefined || each === undefined) return undefined
      return { quota, each, ...(used !== undefined && { used }) }
    },
    halted: async ref => {
      return readHalt(envOf(env, ref.region, await sessions.credentials(accountOf(config, ref))))
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

type Reader = (...args: never[]) => Promise<unknown>

/** Selected readers, loaded on first use. */
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
