// The roles of one account that Quarterdeck acts in; the hub's own account is one of them. IAM is global: once an account.
import { Stack } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { createRole } from './role.ts'
import { spokeRoles } from './roles.ts'

export type SpokeProps = { readonly account: string; readonly region: string; readonly hub: string }

export class SpokeStack extends Stack {
  constructor(scope: Construct, id: string, { account, region, hub }: SpokeProps) {
    super(scope, id, {
      env: { account, region },
      description: `Quarterdeck: the roles that the hub in ${hub} assumes here`,
    })
    for (const role of spokeRoles({ account, hub })) createRole(this, role.name.replace('quarterdeck-', ''), role)
  }
}
