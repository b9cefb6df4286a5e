// The same question put to @cloud-copilot/iam-simulate, which knows from AWS's published data which keys go with which action.

import { runSimulation } from '@cloud-copilot/iam-simulate'
import type { Check, Policies } from '../../../../sandbox/aws/iam/evaluate.ts'

const account = '111122223333'

const named = (policies: readonly unknown[]) => policies.map((policy, n) => ({ name: `p${n}`, policy }))

/** A key without values is not sent at all. */
const contextOf = ({ context }: Check): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(context)
      .filter(([, value]) => value.length > 0)
      .map(([key, value]) => [key, typeof value === 'string' ? value : [...value]] as const),
  )

/** One resource a call, and the full list of SCPs and RCPs left empty: they allow. */
export const simulate = async ({ identity, boundary, session }: Policies, check: Check): Promise<string> => {
  const answer = await runSimulation(
    {
      request: {
        principal: `arn:aws:sts::${account}:assumed-role/operator/U1.op-1`,
        action: check.action,
        resource: { resource: check.resource, accountId: check.resource.split(':')[4] ?? account },
        contextVariables: contextOf(check),
      },
      identityPolicies: named(identity),
      sessionPolicy: session,
      ...(boundary !== undefined && { permissionBoundaryPolicies: named([boundary]) }),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    { simulationMode: 'Strict' },
  )
  if (answer.resultType !== 'single') throw new Error(JSON.stringify(answer))
  const { analysis, ignoredContextKeys = [] } = answer.result
  if (ignoredContextKeys.length > 0) throw new Error(`${check.action} has no keys ${ignoredContextKeys}`)
  const layers = [
    ['identity policy', analysis.identityAnalysis?.result],
    ['permissions boundary', analysis.permissionBoundaryAnalysis?.result],
    ['session policy', analysis.sessionAnalysis?.result],
  ] as const
  const by = (result: string) => layers.find(([, given]) => given === result)?.[0]
  if (answer.overallResult === 'Allowed') return 'allowed'
  return answer.overallResult === 'ExplicitlyDenied'
    ? `explicit-deny by ${by('ExplicitlyDenied')}`
    : `implicit-deny by ${by('ImplicitlyDenied')}`
}
