// Evaluates a role's trust policy. Source: IAM user guide, AWS JSON policy elements: Principal.

import type { Caller } from '../wire/service.ts'
import { type Check, judge, type Verdict } from './evaluate.ts'
import { readTrustPolicy, type Statement, UnsupportedPolicy } from './policy.ts'

const principal = /^arn:aws:(?:iam::\d{12}:(?:root|user\/[^*]+|role\/[^*]+)|sts::\d{12}:assumed-role\/[^*]+)$/

/**
 * Whether a principal of the policy includes the caller. A role includes all its sessions; an account includes every
 * principal in it.
 */
const isCaller = (value: string, { arn, roleArn, account }: Caller): boolean => {
  if (value === '*' || value === account || value === `arn:aws:iam::${account}:root`) return true
  if (!principal.test(value) && !/^\d{12}$/.test(value)) throw new UnsupportedPolicy(`the principal ${value}`)
  return value === arn || value === roleArn
}

/**
 * Whether a statement names the caller. Principals that are services or identity providers are ignored, because they are
 * never the caller here. judgeServiceTrust evaluates services.
 */
const isNamed = ({ principals = [] }: Statement, caller: Caller): boolean =>
  principals.map(({ kind, value }) => kind === 'AWS' && isCaller(value, caller)).includes(true)

/**
 * The decision of a trust policy about an AWS service, such as `scheduler.amazonaws.com`. The service sends its own source
 * keys, which are in `check`.
 */
export const judgeServiceTrust = (trustPolicy: unknown, service: string, check: Check): Verdict =>
  judge(
    readTrustPolicy(trustPolicy).filter(({ principals = [] }) =>
      principals.some(({ kind, value }) => kind === 'Service' && value === service),
    ),
    check,
  )

/** The decision of a trust policy about this caller. Throws UnsupportedPolicy. */
export const judgeTrust = (trustPolicy: unknown, caller: Caller, check: Check): Verdict =>
  judge(
    readTrustPolicy(trustPolicy).filter(statement => isNamed(statement, caller)),
    check,
  )
