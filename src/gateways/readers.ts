// Everything that commands may read, as one person's viewer role. Each client of AWS is loaded when it is first asked: most
// containers need few of them, and a cold start pays for all that is loaded.
import { accountOf, type Config } from '../config.ts'
import type { Readers } from '../ports.ts'
import { readHalt } from './parameters.ts'
import type { Sessions } from './sessions.ts'

/** `env`: what says where AWS is. */
export const createReaders = (config: Config, sessions: Sessions, env: NodeJS.ProcessEnv): Readers => {
  const ecs = once(async () => (await import('./ecs.ts')).createEcsReaders(config, sessions))
  const autoscaling = once(async () => (await import('./autoscaling.ts')).createAutoscalingReaders(config, sessions))
  const logs = once(async () => (await import('./logs.ts')).createLogReaders(config, sessions))
  const provenance = once(async () => (await import('./provenance.ts')).createProvenance(config, sessions))
  const trail = once(async () => (await import('./trail.ts')).createTrail(config, sessions))
  const quotas = once(async () => (await import('./quotas.ts')).createFargateQuota(sessions))
  const usage = once(async () => (await import('./usage.ts')).createFargateUsage(sessions))
  return {
    services: async () => (await ecs()).services(),
    service: async ref => (await ecs()).service(ref),
    stoppedTasks: async ref => (await ecs()).stoppedTasks(ref),
    protectedTasks: async ref => (await ecs()).protectedTasks(ref),
    autoscaling: async ref => (await autoscaling()).autoscaling(ref),
    scalingActivities: async ref => (await autoscaling()).scalingActivities(ref),
    logTasks: async ref => (await logs()).logTasks(ref),
    logLines: async (ref, query) => (await logs()).logLines(ref, query),
    changedAtAws: async (ref, action, since) => (await trail())(ref, action, since),
    managedBy: async (ref, tags, undone) => (await provenance())(ref, tags, undone),
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
      const { accessKeyId, secretAccessKey, sessionToken } = await sessions.credentials(accountOf(config, ref))
      return readHalt({
        ...env,
        AWS_REGION: ref.region,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_SESSION_TOKEN: sessionToken,
      })
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
