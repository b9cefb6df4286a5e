// The spoke stack: the roles of one account in which Quarterdeck operates. It is deployed only once in each account, because IAM
// is global.
import { Stack } from 'aws-cdk-lib'
import { CfnManagedPolicy } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { forwardRole } from './event-rules.ts'
import { HALT_POLICY, haltPolicy } from './halt.ts'
import { peoplePolicy } from './people.ts'
import { createRole } from './role.ts'
import { spokeRoles } from './spoke-roles.ts'
import { acknowledgeWildcards } from './wildcards.ts'

export type SpokeProps = {
  readonly account: string
  readonly region: string
  readonly hub: string
  readonly hubRegion: string
}

/** The description of the halt policy in the IAM console, where a person attaches the policy in an emergency. */
export const HALT_DESCRIPTION = 'Attach it to the roles of Quarterdeck: it denies every change in this account'
export const PEOPLE_DESCRIPTION =
  'For the roles in which people sign in: lets them into the tasks that Quarterdeck has granted them'

export class SpokeStack extends Stack {
  constructor(scope: Construct, id: string, { account, region, hub, hubRegion }: SpokeProps) {
    super(scope, id, {
      env: { account, region },
      description: `Quarterdeck: roles for the hub in ${hub}`,
    })
    const roles = [...spokeRoles({ account, hub }), forwardRole({ account, hub, hubRegion })]
    const people = peoplePolicy({ partition: 'aws', account })
    const document = new CfnManagedPolicy(this, 'People', {
      managedPolicyName: 'quarterdeck-people',
      description: PEOPLE_DESCRIPTION,
      policyDocument: people,
    })
    acknowledgeWildcards(document, [people])
    new CfnManagedPolicy(this, 'Halt', {
      managedPolicyName: HALT_POLICY,
      description: HALT_DESCRIPTION,
      policyDocument: haltPolicy(),
    })
    for (const role of roles) createRole(this, role.name.replace('quarterdeck-', ''), role)
  }
}
