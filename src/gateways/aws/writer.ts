// Sends the calls of a plan to AWS unchanged.
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling'
import { ECSClient } from '@aws-sdk/client-ecs'
import { SSMClient, TerminateSessionCommand } from '@aws-sdk/client-ssm'
import type { Call, LeaseCall, PlannedExec, RegistrationCall } from '../../engine/change/plan.ts'
import type { Writer } from '../../engine/change/ports.ts'
import { registerDefinition } from './ecs/register-definition.ts'
import { answerOfRun, sendEcs } from './ecs/send-ecs.ts'
import type { Settings } from './identity/sessions.ts'
import { sendAutoscaling } from './scaling/autoscaling.ts'
import { askAws } from './translate.ts'

/** Creates the writer. `viewer`: creates the client that reads the base of a task definition to register. */
export const createWriter = (settings: Settings, viewer: () => Promise<ECSClient>): Writer => {
  const ecs = new ECSClient(settings)
  const ssm = new SSMClient(settings)
  const autoscaling = new ApplicationAutoScalingClient(settings)
  const send = (call: Exclude<Call, LeaseCall | PlannedExec | RegistrationCall>) => {
    switch (call.service) {
      case 'ecs':
        return sendEcs(ecs, call)
      case 'application-autoscaling':
        return sendAutoscaling(autoscaling, call)
      case 'ssm':
        return ssm.send(new TerminateSessionCommand({ SessionId: String(call.input['SessionId']) }))
    }
  }
  return async call =>
    askAws(`${call.action} on ${call.resources[0]?.split('/').at(-1)}`, async () => {
      if (call.action === 'RegisterTaskDefinition') return registerDefinition(ecs, await viewer(), call)
      const answer = await send(call)
      return {
        requestId: answer.$metadata.requestId ?? '',
        output: call.action === 'RunTask' ? answerOfRun(answer) : {},
      }
    })
}
