// The roles of one account that Quarterdeck acts in; the hub's own account is one of them. IAM is global: once an account.
import { Stack } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { forwardRole } from './event-rules.ts'
import { createRole } from './role.ts'
import { spokeRoles } from './roles.ts'

export type SpokeProps = {
  readonly account: string
  readonly region: string
  readonly hub: string
  readonly hubRegion: string
}

export class SpokeStack extends Stack {
  constructor(scope: Construct, id: string, { account, region, hub, hubRegion }: SpokeProps) {
    super(scope, id, {
      env: { account, region },
      description: `Quarterdeck: the roles that the hub in ${hub} assumes here`,
    })
    const roles = [...spokeRoles({ account, hub }), forwardRole({ account, hub, hubRegion })]
    for (const role of roles) createRole(this, role.name.replace('quarterdeck-', ''), role)
  }
}
