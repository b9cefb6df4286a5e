// Reads the health, the deregistration delay and the load balancers of target groups.

import type { Readers } from '../../commands/readers.ts'
import type { Config } from '../../engine/rules/config.ts'
import type { TargetHealth } from '../../model/service-detail.ts'
import type { Sessions } from './identity/sessions.ts'
import { createLoadBalancingAsk } from './load-balancing.ts'
import { readMembers, readXml } from './xml.ts'

/** The maximum number of target groups of a service (ECS service quotas). */
const MOST_GROUPS = 5

/** Creates the readers. `env`: environment variables, which may override endpoints. */
export const createTargetReaders = (
  config: Config,
  sessions: Sessions,
  env: NodeJS.ProcessEnv,
): Pick<Readers, 'targetHealth' | 'drainSeconds' | 'requestLabels'> => {
  const ask = createLoadBalancingAsk(config, sessions, env)
  return {
    targetHealth: (ref, groups) =>
      Promise.all(
        groups.slice(0, MOST_GROUPS).map(async group => ({
          group: group.split('/').at(-2) ?? '',
          targets: readTargets(await ask(ref, 'DescribeTargetHealth', { TargetGroupArn: group })),
        })),
      ),
    drainSeconds: async (ref, groups) => {
      const delays = await Promise.all(
        groups
          .slice(0, MOST_GROUPS)
          .map(async group => readDelay(await ask(ref, 'DescribeTargetGroupAttributes', { TargetGroupArn: group }))),
      )
      return delays.length === 0 ? undefined : Math.max(...delays)
    },
    requestLabels: async (ref, groups) => {
      if (groups.length === 0) return []
      const named = groups.slice(0, MOST_GROUPS).map((group, at) => [`TargetGroupArns.member.${at + 1}`, group])
      return readLabels(await ask(ref, 'DescribeTargetGroups', Object.fromEntries(named)))
    },
  }
}

export const readTargets = (xml: string): TargetHealth['targets'] =>
  [...xml.matchAll(/<Target>([\s\S]*?)<\/Target>[\s\S]*?<TargetHealth>([\s\S]*?)<\/TargetHealth>/g)].map(
    ([, target = '', health = '']) => {
      const why = readXml(health, 'Description')
      return { id: readXml(target, 'Id'), state: readXml(health, 'State'), ...(why !== '' && { why }) }
    },
  )

/** The default deregistration delay of Elastic Load Balancing, in seconds. */
const USUAL_DELAY = 300

/** Reads the deregistration delay, in seconds, from an XML answer. Source: ELB API reference, TargetGroupAttribute. */
export const readDelay = (xml: string): number => {
  const members = [...xml.matchAll(/<member>([\s\S]*?)<\/member>/g)].map(([, member = '']) => member)
  const found = members.find(member => readXml(member, 'Key') === 'deregistration_delay.timeout_seconds')
  const seconds = found === undefined ? Number.NaN : Number(readXml(found, 'Value'))
  return Number.isFinite(seconds) ? seconds : USUAL_DELAY
}

/** The resource labels in an answer of DescribeTargetGroups: one for each Application Load Balancer of each target group. */
export const readLabels = (xml: string): readonly string[] =>
  readMembers(xml, 'TargetGroups').flatMap(group => {
    const [, name] = /:(targetgroup\/[\w-]+\/\w+)$/.exec(readXml(group, 'TargetGroupArn')) ?? []
    const balancers = [...group.matchAll(/:loadbalancer\/(app\/[\w-]+\/\w+)</g)]
    return name === undefined ? [] : balancers.map(([, balancer]) => `${balancer}/${name}`)
  })
