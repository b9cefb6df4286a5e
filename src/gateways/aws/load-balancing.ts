// Sends requests to Elastic Load Balancing (v2). Uses signed requests instead of an SDK client.

import type { Config } from '../../engine/rules/config.ts'
import { accountOf } from '../../model/account.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { RemoteError } from '../../model/errors.ts'
import { createSignedPost, envOf } from '../signed-request.ts'
import type { Sessions } from './identity/sessions.ts'
import { readXml } from './xml.ts'

/** The API version (Elastic Load Balancing API reference, ELBv2). */
const VERSION = '2015-12-01'

/** Creates the function that sends a request and returns the XML of the answer. `env` may override endpoints. */
export const createLoadBalancingAsk =
  (config: Config, sessions: Sessions, env: NodeJS.ProcessEnv) =>
  async (ref: ServiceRef, action: string, fields: Readonly<Record<string, string>>): Promise<string> => {
    const credentials = await sessions.credentials(accountOf(config, ref))
    const post = createSignedPost('elasticloadbalancing', envOf(env, ref.region, credentials))
    sessions.count(action)
    const form = new URLSearchParams({ Action: action, Version: VERSION, ...fields })
    const reply = await post('/', form.toString(), { 'content-type': 'application/x-www-form-urlencoded' })
    if (reply.status !== 200) throw refused(reply.text, ref)
    return reply.text
  }

const refused = (xml: string, { service }: ServiceRef): RemoteError => {
  const code = readXml(xml, 'Code') || 'Error'
  return new RemoteError(
    `reading the targets of ${service}: AWS refused it (${code}: ${readXml(xml, 'Message').slice(0, 300)})`,
    { code, passing: /Throttling|ServiceUnavailable|InternalFailure/.test(code) },
  )
}
