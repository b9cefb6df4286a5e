// Whom a role's trust policy lets in. Source: IAM user guide, AWS JSON policy elements: Principal.

import type { Caller } from '../wire/service.ts'
import { type Check, judge, type Verdict } from './evaluate.ts'
import { readTrustPolicy, type Statement, UnsupportedPolicy } from './policy.ts'

const principal = /^arn:aws:(?:iam::\d{12}:(?:root|user\/[^*]+|role\/[^*]+)|sts::\d{12}:assumed-role\/[^*]+)$/

/** A role stands for all its sessions, an account for everyone in it. */
const isCaller = (value: string, { arn, roleArn, account }: Caller): boolean => {
  if (value === '*' || value === account || value === `arn:aws:iam::${account}:root`) return true
  if (!principal.test(value) && !/^\d{12}$/.test(value)) throw new UnsupportedPolicy(`the principal ${value}`)
  return value === arn || value === roleArn
}

/** Services and identity providers are never our callers. */
const isNamed = ({ principals = [] }: Statement, caller: Caller): boolean =>
  principals.map(({ kind, value }) => kind === 'AWS' && isCaller(value, caller)).includes(true)

/** What a role's trust policy says to a service of AWS, `scheduler.amazonaws.com`, which sends its own source keys. */
export const judgeServiceTrust = (trustPolicy: unknown, service: string, check: Check): Verdict =>
  judge(
    readTrustPolicy(trustPolicy).filter(({ principals = [] }) =>
      principals.some(({ kind, value }) => kind === 'Service' && value === service),
    ),
    check,
  )

/** What a role's trust policy says to this caller. Throws UnsupportedPolicy. */
export const judgeTrust = (trustPolicy: unknown, caller: Caller, check: Check): Verdict =>
  judge(
    readTrustPolicy(trustPolicy).filter(statement => isNamed(statement, caller)),
    check,
  )
