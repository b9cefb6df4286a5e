// The managed policy that stops every write of Quarterdeck in an account, also if its functions were taken over.
import { DEPLOYS, EXECS, GATES, READS, REVERTS, WRITES } from './actions.ts'
import { type PolicyDocument, policy } from './policy.ts'

/** The name of the policy. A person attaches it: no role of Quarterdeck may change IAM. */
export const HALT_POLICY = 'quarterdeck-halt'

/** Actions that only take access away: with them, Quarterdeck still ends the shells that it has opened. */
const ENDINGS: readonly string[] = ['ecs:UntagResource', 'ssm:TerminateSession']

/** Every action of the roles that write, but for reads and for the end of shell access. */
export const haltedActions = (): readonly string[] =>
  [...new Set([WRITES, DEPLOYS, GATES, REVERTS, EXECS].flatMap(actions => Object.keys(actions)))]
    .filter(action => !(action in READS) && !ENDINGS.includes(action))
    .toSorted()

export const haltPolicy = (): PolicyDocument =>
  policy({ Sid: 'Halt', Effect: 'Deny', Action: haltedActions(), Resource: '*' })
