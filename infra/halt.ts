// The managed policy that denies every write of Quarterdeck in an account, even if an attacker controls its functions.
import { DEPLOYS, EXECS, GATES, READS, REVERTS, WRITES } from './actions.ts'
import { type PolicyDocument, policy } from './policy.ts'

/** The name of the policy. A person attaches the policy, because no role of Quarterdeck may change IAM. */
export const HALT_POLICY = 'quarterdeck-halt'

/** Actions that only remove access. They stay allowed, so that Quarterdeck can end the shell access that it has granted. */
const ENDINGS: readonly string[] = ['ecs:UntagResource', 'ssm:TerminateSession']

/** All actions of the roles that write, except reads and the actions that end shell access. */
export const haltedActions = (): readonly string[] =>
  [...new Set([WRITES, DEPLOYS, GATES, REVERTS, EXECS].flatMap(actions => Object.keys(actions)))]
    .filter(action => !(action in READS) && !ENDINGS.includes(action))
    .toSorted()

export const haltPolicy = (): PolicyDocument =>
  policy({ Sid: 'Halt', Effect: 'Deny', Action: haltedActions(), Resource: '*' })
