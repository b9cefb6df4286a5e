// No role that writes is assumed in an account in shadow mode: also for what began before, such as the end of a lease.
import { expect, test } from 'vitest'
import type { Plan } from '../../src/engine/change/plan.ts'
import type { Config } from '../../src/engine/rules/config.ts'
import { createOperationPorts } from '../../src/gateways/ports.ts'

const ID = '111122223333'
const arn = `arn:aws:iam::${ID}:role/quarterdeck`
const account = {
  name: 'prod',
  id: ID,
  environment: 'production',
  regions: ['us-east-1'],
  roles: { viewer: arn, operator: arn, deployer: arn, revert: arn, gate: arn, exec: arn },
}
const configOf = (shadow: boolean) => ({ accounts: [{ ...account, shadow }] }) as unknown as Config
const target = { account: 'prod', accountId: ID, region: 'us-east-1' }
const asked = {
  plan: { target, calls: [] } as unknown as Plan,
  who: { actor: { team: 'T1', user: 'U1', name: 'me' }, corporateId: 'me@example.com' },
  approvers: [],
  operation: 'op',
}
/** No server listens there. */
const { writer, exec } = createOperationPorts({ AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' })

test.each(['operator', 'deployer', 'revert', 'gate'] as const)('the role %s is not assumed', async role => {
  await expect(writer(configOf(true), { ...asked, role })).rejects.toThrow('prod is in shadow mode: nothing is called')
})

test('the role exec is not assumed', async () => {
  const gate = await exec(configOf(true), { ...asked, role: 'exec' })
  await expect(gate.find({ targetId: 'ecs:web_1_2' } as Parameters<typeof gate.find>[0])).rejects.toThrow(
    'prod is in shadow mode: nothing is called',
  )
})
