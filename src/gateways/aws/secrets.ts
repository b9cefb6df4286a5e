// Checks whether the secrets and parameters of a task definition exist. Only describes them: never reads a value.
import { DescribeParametersCommand, SSMClient } from '@aws-sdk/client-ssm'
import type { Readers } from '../../commands/readers.ts'
import type { Config } from '../../engine/rules/config.ts'
import { accountOf } from '../../model/account.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { codeOf, createSignedPost, envOf } from '../signed-request.ts'
import { pages } from './ecs/pages.ts'
import type { Sessions } from './identity/sessions.ts'
import { lookForAll } from './presence.ts'

type IsThere = (name: string) => Promise<boolean | undefined>

/** Creates the check. Secrets of another account or region are reported as unread. */
export const createSecretSearch = (
  config: Config,
  sessions: Sessions,
  env: NodeJS.ProcessEnv,
): Readers['secretsThere'] => {
  const ssmFor = sessions.each(settings => new SSMClient(settings))
  return (ref, names) => {
    const isSecret = createSecretLook(config, sessions, env, ref)
    const isParameter = async (Values: string[]) => {
      const client = await ssmFor(accountOf(config, ref), ref.region)
      const filter = { Key: 'Name', Option: 'Equals', Values }
      // A page of filtered results may be empty although a next page exists.
      const found = await pages(async nextToken => {
        const { Parameters = [], NextToken } = await client.send(
          new DescribeParametersCommand({
            ParameterFilters: [filter],
            ...(nextToken !== undefined && { NextToken: nextToken }),
          }),
        )
        return { items: Parameters, next: Parameters.length > 0 ? undefined : NextToken }
      })
      return found.length > 0
    }
    return lookForAll(names, async name => {
      const [, service, region, account, resource = ''] = /^arn:[^:]+:([^:]+):([^:]*):(\d*):(.*)$/.exec(name) ?? [
        name,
        'ssm',
        ref.region,
        ref.accountId,
        name,
      ]
      if (region !== ref.region || account !== ref.accountId) return undefined
      if (service === 'secretsmanager') return isSecret(secretOf(name))
      return service === 'ssm' ? isParameter([...parametersIn(resource)]) : undefined
    })
  }
}

/** The ARN of the secret, without the JSON key, version stage and version id at its end (ECS developer guide, secrets). */
const secretOf = (valueFrom: string): string => valueFrom.split(':').slice(0, 7).join(':')

/**
 * The names that a parameter may have, from the end of its ARN. `parameter/orders/url` is `/orders/url`. `parameter/url` is `url`
 * or `/url`, because both have the same ARN.
 */
const parametersIn = (resource: string): readonly string[] => {
  const name = resource.replace(/^parameter(?=\/)/, '')
  return name.lastIndexOf('/') === 0 ? [name, name.slice(1)] : [name]
}

const createSecretLook =
  (config: Config, sessions: Sessions, env: NodeJS.ProcessEnv, ref: ServiceRef): IsThere =>
  async SecretId => {
    const credentials = await sessions.credentials(accountOf(config, ref))
    const post = createSignedPost('secretsmanager', envOf(env, ref.region, credentials))
    sessions.count('DescribeSecret')
    const reply = await post('/', JSON.stringify({ SecretId }), {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.DescribeSecret',
    })
    if (reply.status === 200) return !/"DeletedDate"\s*:\s*[\d"]/.test(reply.text)
    return codeOf(reply) === 'ResourceNotFoundException' ? false : undefined
  }
