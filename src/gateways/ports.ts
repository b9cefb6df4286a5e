// Creates the ports of all functions except ingress from Lambda's environment variables, once for each container.

import type { Ports } from '../commands/ports.ts'
import { sessionPolicy } from '../engine/change/session-policy.ts'
import type { Identity } from '../engine/rules/asker.ts'
import type { AccountRole } from '../engine/rules/config.ts'
import { guardSlack } from '../engine/rules/guarded-slack.ts'
import type { OperationPorts } from '../functions/operation/ports.ts'
import { accountOf } from '../model/account.ts'
import { isRefusal, RemoteError } from '../model/errors.ts'
import { type Assume, createAssume, createViewerSessions, type Session } from './aws/identity/credentials.ts'
import { createSessions, type Sessions } from './aws/identity/sessions.ts'
import { createReaders } from './aws/readers.ts'
import { createDispatch } from './functions/dispatch.ts'
import { createSchedule } from './functions/scheduler.ts'
import { createParameters } from './parameters.ts'
import { createSlack } from './slack/slack.ts'
import { openStore } from './store.ts'

/** Creates the ports. `env`: TABLE, and the variables of the AWS SDK. `assume`: assumes the role of the sessions that read. */
export const createPorts = (env: NodeJS.ProcessEnv, assume = createAssume()): Ports => {
  const { config, recentConfig, botToken, halted } = createParameters(env)
  const store = openStore(env)
  const now = () => new Date().toISOString()
  return {
    config,
    recentConfig,
    halted,
    slack: async () => guardSlack(createSlack(await botToken(), env), { config: recentConfig, store, now }),
    store,
    now,
    readers: (config, who, purpose) =>
      createReaders(config, sessionsOf(assume, 'viewer', session(who, purpose)), { store, env }),
  }
}

/** Creates the ports of the operation function, which include the writer. */
export const createOperationPorts = (env: NodeJS.ProcessEnv): OperationPorts => {
  const assume = createAssume()
  return {
    ...createPorts(env, createViewerSessions(assume)),
    schedule: createSchedule(env),
    startOperation: createDispatch(env).operation,
    exec: createExec(assume, env),
    writer: async (config, { plan, who, approvers, operation, role }) => {
      const policy = sessionPolicy(plan.calls)
      if (isRefusal(policy)) throw new RemoteError(policy.text, { code: 'PackedPolicyTooLarge', passing: false })
      const tags = tagsOf(operation, approvers)
      const sessions = sessionsOf(assume, role, { ...session(who, operation), tags, policy })
      const settings = sessions.each(each => each)
      const account = accountOf(config, plan.target)
      const { createWriter } = await import('./aws/writer.ts')
      const { createEcsClient } = await import('./aws/ecs/definition-base.ts')
      const viewer = sessionsOf(assume, 'viewer', session(who, operation)).each(createEcsClient)
      return createWriter(await settings(account, plan.target.region), () => viewer(account, plan.target.region))
    },
  }
}

const createExec =
  (assume: Assume, env: NodeJS.ProcessEnv): OperationPorts['exec'] =>
  async (config, { plan, who, approvers, operation }) => {
    const purpose = session(who, operation)
    const account = accountOf(config, plan.target)
    const settings = async (policy: string) => {
      const sessions = sessionsOf(assume, 'exec', { ...purpose, tags: tagsOf(operation, approvers), policy })
      return (await sessions.each(each => each))(account, plan.target.region)
    }
    const { createExecGate } = await import('./exec/exec-gate.ts')
    return createExecGate(settings, env)
  }

/** The session tags. Approvers are separated by spaces, because values of STS tags must not contain commas. */
const tagsOf = (operation: string, approvers: readonly string[]) => ({
  'quarterdeck:operation': operation,
  'quarterdeck:approvers': approvers.length === 0 ? 'none' : approvers.join(' '),
})

type Purpose = Omit<Session, 'roleArn'>

/** The session name, source identity and tags, which CloudTrail shows: the requester's corporate id and the purpose. */
const session = ({ actor, corporateId }: Identity, purpose: string): Purpose => ({
  name: `${actor.user}-${purpose}`.slice(0, 64),
  sourceIdentity: corporateId,
  tags: { 'quarterdeck:operation': purpose },
})

const sessionsOf = (assume: Assume, role: AccountRole, purpose: Purpose): Sessions =>
  createSessions(
    async ({ name, shadow, roles: { [role]: roleArn } }) => {
      if (role !== 'viewer' && shadow === true)
        throw new RemoteError(`${name} is in shadow mode: nothing is called there`, { code: 'Shadow', passing: false })
      if (roleArn === undefined)
        throw new RemoteError(`quarterdeck.yaml has no ${role} role for ${name}`, { code: 'NoRole', passing: false })
      return assume({ ...purpose, roleArn })
    },
    role === 'viewer' ? 3 : 1,
  )
