// The way into one container: ExecuteCommand in a session that can do that call alone, and the channel in another one that
// can do nothing but talk in that session. Facts: IAM's service authorization reference for ECS, SSM and KMS.
import { ECSClient, ExecuteCommandCommand } from '@aws-sdk/client-ecs'
import { DescribeSessionsCommand, SSMClient } from '@aws-sdk/client-ssm'
import type { ExecGate } from '../../engine/change/ports.ts'
import { channelPolicy, FINDING_POLICY, sessionPolicy } from '../../engine/change/session-policy.ts'
import { isRefusal, RemoteError } from '../../model/errors.ts'
import type { Settings } from '../aws/identity/sessions.ts'
import { asking } from '../aws/translate.ts'
import { createSessionPorts } from './exec-session.ts'

/** `settings`: of a session of the exec role with this policy. */
export const createExecGate = (settings: (policy: string) => Promise<Settings>, env: NodeJS.ProcessEnv): ExecGate => {
  const channel: ExecGate['channel'] = async (call, session) => {
    const { region, credentials } = await settings(channelPolicy(call, session))
    return createSessionPorts(env, region, credentials)
  }
  return {
    start: async (call, command) => {
      const policy = sessionPolicy([call])
      if (isRefusal(policy)) throw new RemoteError(policy.text, { code: 'PackedPolicyTooLarge', passing: false })
      const client = new ECSClient(await settings(policy))
      return asking('starting the session', async () => {
        const { cluster, task, container } = call.input as Readonly<Record<'cluster' | 'task' | 'container', string>>
        const { session } = await client.send(
          new ExecuteCommandCommand({ cluster, task, container, command, interactive: true }),
        )
        return {
          sessionId: session?.sessionId ?? '',
          streamUrl: session?.streamUrl ?? '',
          token: session?.tokenValue ?? '',
          targetId: call.targetId,
        }
      })
    },
    channel,
    find: async ({ targetId }) => {
      const client = new SSMClient(await settings(FINDING_POLICY))
      return asking('looking for sessions', async () => {
        const { Sessions = [] } = await client.send(
          new DescribeSessionsCommand({ State: 'Active', Filters: [{ key: 'Target', value: targetId }] }),
        )
        return Sessions.flatMap(({ SessionId }) => SessionId ?? [])
      })
    },
    terminate: async (call, session) => (await channel(call, session)).terminate(session),
  }
}
