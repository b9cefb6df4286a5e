// The policy that protects the tags of shell access, as a service control policy. It is deployed in the management account or in
// the account of a delegated administrator.
import { Stack } from 'aws-cdk-lib'
import { CfnPolicy } from 'aws-cdk-lib/aws-organizations'
import type { Construct } from 'constructs'
import { tagGuard } from './people.ts'

export type OrganizationProps = {
  readonly account: string
  readonly region: string
  /** The ids of the root, organizational units or accounts to which the policy is attached. */
  readonly targets: readonly string[]
}

export class OrganizationStack extends Stack {
  constructor(scope: Construct, id: string, { account, region, targets }: OrganizationProps) {
    super(scope, id, { env: { account, region }, description: 'Quarterdeck: the guard of shell access' })
    new CfnPolicy(this, 'Guard', {
      name: 'quarterdeck-guard',
      description: 'Only Quarterdeck grants shell access by tags; nobody starts sessions on tasks beside ECS Exec',
      type: 'SERVICE_CONTROL_POLICY',
      content: tagGuard({ partition: 'aws' }),
      targetIds: [...targets],
    })
  }
}
