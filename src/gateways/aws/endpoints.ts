// Reads which interface VPC endpoints the subnet of a task has. Uses signed requests, because EC2's SDK client is large.

import type { Readers } from '../../commands/readers.ts'
import type { Config } from '../../engine/rules/config.ts'
import { WAYS } from '../../features/exec/network-paths.ts'
import { accountOf } from '../../model/account.ts'
import { RemoteError } from '../../model/errors.ts'
import { createSignedPost, envOf } from '../signed-request.ts'
import type { Sessions } from './identity/sessions.ts'
import { readXml } from './xml.ts'

/** The API version (EC2 API reference). */
const EC2_VERSION = '2016-11-15'

/** Creates the reader. `env`: environment variables, which may override endpoints. */
export const createEndpointReader =
  (config: Config, sessions: Sessions, env: NodeJS.ProcessEnv): Readers['endpoints'] =>
  async (ref, subnet) => {
    const post = createSignedPost('ec2', envOf(env, ref.region, await sessions.credentials(accountOf(config, ref))))
    const ask = async (action: string, fields: Readonly<Record<string, string>>): Promise<string | undefined> => {
      sessions.count(action)
      const form = new URLSearchParams({ Action: action, Version: EC2_VERSION, ...fields })
      const reply = await post('/', form.toString(), { 'content-type': 'application/x-www-form-urlencoded' }).catch(
        ignoreRefusal,
      )
      return reply?.status === 200 ? reply.text : undefined
    }
    const vpc = readXml((await ask('DescribeSubnets', { 'SubnetId.1': subnet })) ?? '', 'vpcId')
    if (vpc === '') return undefined
    const prefix = `com.amazonaws.${ref.region}.`
    const xml = await ask('DescribeVpcEndpoints', {
      'Filter.1.Name': 'vpc-id',
      'Filter.1.Value.1': vpc,
      'Filter.2.Name': 'vpc-endpoint-type',
      'Filter.2.Value.1': 'Interface',
      'Filter.3.Name': 'service-name',
      ...Object.fromEntries(WAYS.map((name, at) => [`Filter.3.Value.${at + 1}`, `${prefix}${name}`])),
    })
    if (xml === undefined) return undefined
    const names = [...xml.matchAll(/<serviceName>([^<]*)<\/serviceName>/g)].map(([, name = '']) => name)
    return WAYS.filter(name => names.includes(`${prefix}${name}`))
  }

const ignoreRefusal = (error: unknown): undefined => {
  if (!(error instanceof RemoteError)) throw error
  return undefined
}
