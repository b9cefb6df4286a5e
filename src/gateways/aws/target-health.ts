// Reads the health of load balancer targets, and the load balancers of target groups. Uses signed requests instead of an SDK client.

import type { Readers } from '../../commands/readers.ts'
import type { Config } from '../../engine/rules/config.ts'
import { accountOf } from '../../model/account.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { RemoteError } from '../../model/errors.ts'
import type { TargetHealth } from '../../model/service-detail.ts'
import { createSignedPost, envOf } from '../signed-request.ts'
import type { Sessions } from './identity/sessions.ts'
import { readMembers, readXml } from './xml.ts'

/** The API version (Elastic Load Balancing API reference, ELBv2). */
const VERSION = '2015-12-01'
/** The maximum number of target groups of a service (ECS service quotas). */
const MOST_GROUPS = 5

/** Creates the reader. `env`: environment variables, which may override endpoints. */
export const createTargetHealth = (
  config: Config,
  sessions: Sessions,
  env: NodeJS.ProcessEnv,
): Readers['targetHealth'] => {
  const ask = createAsk(config, sessions, env)
  return (ref, groups) =>
    Promise.all(
      groups.slice(0, MOST_GROUPS).map(async group => ({
        group: group.split('/').at(-2) ?? '',
        targets: readTargets(await ask(ref, 'DescribeTargetHealth', { TargetGroupArn: group })),
      })),
    )
}

/** Creates the reader of resource labels, which name an Application Load Balancer and a target group. */
export const createLabelReader = (
  config: Config,
  sessions: Sessions,
  env: NodeJS.ProcessEnv,
): Readers['requestLabels'] => {
  const ask = createAsk(config, sessions, env)
  return async (ref, groups) => {
    if (groups.length === 0) return []
    const named = groups.slice(0, MOST_GROUPS).map((group, at) => [`TargetGroupArns.member.${at + 1}`, group])
    return readLabels(await ask(ref, 'DescribeTargetGroups', Object.fromEntries(named)))
  }
}

type Ask = (ref: ServiceRef, action: string, fields: Readonly<Record<string, string>>) => Promise<string>

/** Sends one request, and returns the XML of its answer. */
const createAsk =
  (config: Config, sessions: Sessions, env: NodeJS.ProcessEnv): Ask =>
  async (ref, action, fields) => {
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

export const readTargets = (xml: string): TargetHealth['targets'] =>
  [...xml.matchAll(/<Target>([\s\S]*?)<\/Target>[\s\S]*?<TargetHealth>([\s\S]*?)<\/TargetHealth>/g)].map(
    ([, target = '', health = '']) => {
      const why = readXml(health, 'Description')
      return { id: readXml(target, 'Id'), state: readXml(health, 'State'), ...(why !== '' && { why }) }
    },
  )

/** The labels in an answer of DescribeTargetGroups: one for each Application Load Balancer of each group. */
export const readLabels = (xml: string): readonly string[] =>
  readMembers(xml, 'TargetGroups').flatMap(group => {
    const [, name] = /:(targetgroup\/[\w-]+\/\w+)$/.exec(readXml(group, 'TargetGroupArn')) ?? []
    const balancers = [...group.matchAll(/:loadbalancer\/(app\/[\w-]+\/\w+)</g)]
    return name === undefined ? [] : balancers.map(([, balancer]) => `${balancer}/${name}`)
  })
