// The id of a session and the links to its log, as an outcome shows them.

import { posix } from 'node:path'
import type { Link, Outcome } from '../../../engine/change/outcome.ts'
import type { ExecCall, LogBucket } from '../../../engine/change/plan.ts'
import type { Story } from '../story.ts'

export const sessionText = (session: string): string => `Session \`${session}\``

/** The links to the complete session log. */
export const logReferences = (
  { logGroup, logBucket }: ExecCall,
  session: string,
  { face }: Story,
): Pick<Outcome, 'details' | 'links' | 'offers'> => {
  const { account, region, arn } = face.plan.target
  return {
    details: [sessionText(session)],
    ...(logBucket !== undefined && { links: [linkTo(logBucket, session, arn)] }),
    ...(logGroup !== undefined && {
      offers: [{ label: 'Session Log', invocation: `logs ${account}.${region}:${logGroup} --since 1h` }],
    }),
  }
}

/** A link to the log in S3. The SSM agent names the object; the AWS console finds the bucket's region itself. */
const linkTo = ({ name, prefix }: LogBucket, session: string, arn: string): Link => ({
  text: `Session log in bucket ${name}`,
  url: `${consoleOf(arn)}/s3/object/${encodeURIComponent(name)}?prefix=${encodeURIComponent(posix.join(prefix, `${session}.log`))}`,
})

const consoleOf = (arn: string): string => CONSOLES[arn.split(':')[1] ?? ''] ?? 'https://console.aws.amazon.com'

/** The addresses of the AWS console, by partition. AWS does not document them. */
const CONSOLES: Readonly<Record<string, string>> = {
  'aws-cn': 'https://console.amazonaws.cn',
  'aws-us-gov': 'https://console.amazonaws-us-gov.com',
}
