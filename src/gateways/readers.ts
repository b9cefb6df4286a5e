// Everything that commands may read, as one person's viewer role.
import { accountOf, type Config } from '../config.ts'
import type { Readers } from '../ports.ts'
import { createAutoscalingReaders } from './autoscaling.ts'
import { createEcsReaders } from './ecs.ts'
import { createLogReaders } from './logs.ts'
import { readHalt } from './parameters.ts'
import { createProvenance } from './provenance.ts'
import { createFargateQuota } from './quotas.ts'
import type { Sessions } from './sessions.ts'
import { createFargateUsage } from './usage.ts'

/** `env`: what says where AWS is. */
export const createReaders = (config: Config, sessions: Sessions, env: NodeJS.ProcessEnv): Readers => {
  const quotaOf = createFargateQuota(sessions)
  const usageOf = createFargateUsage(sessions)
  const ecs = createEcsReaders(config, sessions)
  return {
    ...ecs,
    ...createAutoscalingReaders(config, sessions),
    ...createLogReaders(config, sessions, env['AWS_ENDPOINT_URL'] !== undefined),
    managedBy: createProvenance(config, sessions),
    fargate: async ref => {
      const account = accountOf(config, ref)
      const [quota, used, each] = await Promise.all([
        quotaOf(account, ref.region),
        usageOf(account, ref.region),
        ecs.taskVcpus(ref),
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
