// AWS Secrets Manager: DescribeSecret of the secrets that task definitions name. Source: Secrets Manager API reference; the
// texts as seen in the field.
import type { Fleet } from '../../world/fleet.ts'
import { AwsError, type AwsService, type Call } from '../wire/service.ts'

const TARGET = 'secretsmanager.'

export type SecretKnobs = { readonly deleted: Set<string> }

/** The ARNs of the secrets that task definitions name, without an added JSON key, stage and version. */
const secretsIn = (fleet: Fleet, { caller, region }: Call): ReadonlySet<string> =>
  new Set(
    [...fleet.site({ account: caller.account, region }).taskDefinitions.values()]
      .flat()
      .flatMap(({ input }) => (input.containerDefinitions ?? []).flatMap(({ secrets = [] }) => secrets))
      .flatMap(({ valueFrom = '' }) => (valueFrom.includes(':secretsmanager:') ? [valueFrom] : []))
      .map(arn => arn.split(':').slice(0, 7).join(':')),
  )

const arnOf = ({ input, caller, region }: Call): string => {
  const id = String(input['SecretId'] ?? '')
  return id.startsWith('arn:') ? id : `arn:aws:secretsmanager:${region}:${caller.account}:secret:${id}`
}

const describe = (fleet: Fleet, { deleted }: SecretKnobs, call: Call) => {
  const arn = arnOf(call)
  if (!secretsIn(fleet, call).has(arn) || deleted.has(arn))
    throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.")
  return { ARN: arn, Name: arn.split(':')[6], RotationEnabled: false }
}

export const createSecretsManager = (fleet: Fleet, knobs: SecretKnobs): AwsService => ({
  name: 'secretsmanager',
  actionOf: http => (http.headers['x-amz-target'] ?? '').replace(TARGET, ''),
  answer: async (_http, call) => {
    if (call.action !== 'DescribeSecret') throw new AwsError('UnknownOperationException', '')
    const body = JSON.stringify(describe(fleet, knobs, call))
    return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body }
  },
  resources: call => [{ arn: arnOf(call) }],
})
