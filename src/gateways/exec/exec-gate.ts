// Starts, finds and terminates ECS Exec sessions. Each call uses an AWS session whose policy allows only that call.
// Source: IAM's service authorization reference for ECS, SSM and KMS.
import { ECSClient, ExecuteCommandCommand } from '@aws-sdk/client-ecs'
import { SSMClient } from '@aws-sdk/client-ssm'
import type { ExecGate } from '../../engine/change/ports.ts'
import { channelPolicy, FIND_SESSIONS_POLICY, sessionPolicy } from '../../engine/change/session-policy.ts'
import { isRefusal, RemoteError } from '../../model/errors.ts'
import { readActive } from '../aws/ecs/exec-sessions.ts'
import type { Settings } from '../aws/identity/sessions.ts'
import { askAws } from '../aws/translate.ts'
import { createSessionPorts } from './exec-session.ts'

/** Creates the gate. `settings`: returns client settings for the exec role with the given session policy. */
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
      return askAws('starting the session', async () => {
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
      const client = new SSMClient(await settings(FIND_SESSIONS_POLICY))
      return askAws('listing sessions', async () =>
        (await readActive(client, targetId)).flatMap(({ SessionId }) => SessionId ?? []),
      )
    },
    terminate: async (call, session) => (await channel(call, session)).terminate(session),
  }
}
