// Everything that commands may read, as one person's viewer role. Each client of AWS is loaded when it is first asked: most
// containers need few of them, and a cold start pays for all that is loaded.

import type { Readers } from '../../commands/readers.ts'
import type { Config } from '../../engine/rules/config.ts'
import { loadIndex } from '../../features/services/index-store.ts'
import { accountOf } from '../../model/account.ts'
import type { Store } from '../../model/ports/store.ts'
import { readHalt } from '../parameters.ts'
import { envOf } from '../signed-request.ts'
import type { Sessions } from './identity/sessions.ts'

type Surroundings = {
  /** Where the service index is kept. */
  readonly store: Pick<Store, 'list'>
  /** What says where AWS is. */
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
    imageLoading: async (...asked) => (await images())(...asked),
    imageScan: async (...asked) => (await imageScan())(...asked),
    tagsIn: async (...asked) => (await tagsIn())(...asked),
    managedBy: async (...asked) => (await managedBy())(...asked),
    changedAtAws: async (...asked) => (await changedAtAws())(...asked),
    ...lazily(states, 'serviceDetail', 'runningTasks', 'deployment', 'deployments', 'revisions', 'definition'),
    ...lazily(hosts, 'hosts', 'imagesMade'),
    alarms: async (...asked) => (await alarms())(...asked),
    targetHealth: async (...asked) => (await targetHealth())(...asked),
    execSite: async (...asked) => (await execSite())(...asked),
    taskRole: async (...asked) => (await taskRole())(...asked),
    endpoints: async (...asked) => (await endpoints())(...asked),
    execSessions: async (...asked) => (await execSessions())(...asked),
    latticeHealth: async (...asked) => (await lattice())(...asked),
    counts: async (...asked) => (await counts())(...asked),
    traffic: async (...asked) => (await traffic())(...asked),
    usage: async (...asked) => (await metrics())(...asked),
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

type Asking = (...asked: never[]) => Promise<unknown>

/** These of the readers, each loaded when it is first asked. */
const lazily = <All extends Record<Name, Asking>, Name extends keyof All>(
  load: () => Promise<All>,
  ...names: readonly Name[]
): Pick<All, Name> => {
  const ask =
    (name: Name) =>
    async (...asked: never[]) =>
      (await load())[name](...asked)
  return Object.fromEntries(names.map(name => [name, ask(name)])) as Pick<All, Name>
}
