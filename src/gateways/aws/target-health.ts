// Reads the health of load balancer targets. Uses signed requests instead of an SDK client.

import type { Readers } from '../../commands/readers.ts'
import type { Config } from '../../engine/rules/config.ts'
import { accountOf } from '../../model/account.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { RemoteError } from '../../model/errors.ts'
import type { TargetHealth } from '../../model/service-detail.ts'
import { createSignedPost, envOf } from '../signed-request.ts'
import type { Sessions } from './identity/sessions.ts'
import { readXml } from './xml.ts'

/** The API version (Elastic Load Balancing API reference, ELBv2). */
const VERSION = '2015-12-01'
/** The maximum number of target groups of a service (ECS service quotas). */
const MOST_GROUPS = 5

/** Creates the reader. `env`: environment variables, which may override endpoints. */
export const createTargetHealth =
  (config: Config, sessions: Sessions, env: NodeJS.ProcessEnv): Readers['targetHealth'] =>
  async (ref, groups) => {
    if (groups.length === 0) return []
    const credentials = await sessions.credentials(accountOf(config, ref))
    const post = createSignedPost('elasticloadbalancing', envOf(env, ref.region, credentials))
    const ask = async (group: string): Promise<TargetHealth> => {
      sessions.count('DescribeTargetHealth')
      const form = new URLSearchParams({ Action: 'DescribeTargetHealth', Version: VERSION, TargetGroupArn: group })
      const reply = await post('/', form.toString(), { 'content-type': 'application/x-www-form-urlencoded' })
      if (reply.status !== 200) throw refused(reply.text, ref)
      return { group: group.split('/').at(-2) ?? '', targets: readTargets(reply.text) }
    }
    return Promise.all(groups.slice(0, MOST_GROUPS).map(ask))
  }

const refused = (xml: string, { service }: ServiceRef): RemoteError => {
  const code = readXml(xml, 'Code') || 'Error'
  return new RemoteError(
    `reading the targets of ${service}: AWS refused it (${code}: ${readXml(xml, 'Message').slice(0, 300)})`,
    { code, passing: /Throttling|ServiceUnavailable|InternalFailure/.test(code) },
  )
}

export const readTargets = (xml: string): TargetHealth['targets'] =>
  [...xml.matchAll(/<Target>([\s\S]*?)<\/Target>[\s\S]*?<TargetHealth>([\s\S]*?)<\/TargetHealth>/g)].map(
    ([, target = '', health = '']) => {
      const why = readXml(health, 'Description')
      return { id: readXml(target, 'Id'), state: readXml(health, 'State'), ...(why !== '' && { why }) }
    },
  )
