// Links to the pages of the AWS console that show what a message shows. AWS does not document these addresses.

import type { ServiceRef } from '../../model/ecs.ts'
import type { Link } from './change.ts'

/** The domains of the console, by partition. */
const DOMAINS: Readonly<Record<string, string>> = { 'aws-cn': 'amazonaws.cn', 'aws-us-gov': 'amazonaws-us-gov.com' }

const consoleOf = ({ arn, region }: ServiceRef): string => {
  const domain = DOMAINS[arn.split(':')[1] ?? ''] ?? 'aws.amazon.com'
  return `https://${encodeURIComponent(region)}.console.${domain}`
}

/** `part`: encoded path segments below the service. */
const inService = (ref: ServiceRef, ...parts: readonly string[]): string => {
  const path = ['clusters', ref.cluster, 'services', ref.service, ...parts].map(encodeURIComponent).join('/')
  return `${consoleOf(ref)}/ecs/v2/${path}?region=${encodeURIComponent(ref.region)}`
}

export const deploymentLink = (ref: ServiceRef, id: string): Link => ({
  text: 'deployment',
  url: inService(ref, 'deployments', id),
})

export const eventsLink = (ref: ServiceRef): Link => ({ text: 'events', url: inService(ref, 'events') })

export const tasksLink = (ref: ServiceRef): Link => ({ text: 'tasks', url: inService(ref, 'tasks') })

export const scalingLink = (ref: ServiceRef): Link => ({
  text: 'autoscaling',
  url: inService(ref, 'service-auto-scaling'),
})

export const callLink = (ref: ServiceRef, id: string): Link => ({
  text: 'CloudTrail',
  url: `${consoleOf(ref)}/cloudtrailv2/home?region=${encodeURIComponent(ref.region)}#/events/${encodeURIComponent(id)}`,
})

export const alarmLink = (ref: ServiceRef, name: string): Link => ({
  text: 'alarm',
  url: `${consoleOf(ref)}/cloudwatch/home?region=${encodeURIComponent(ref.region)}#alarmsV2:alarm/${encodeURIComponent(name)}`,
})

/**
 * A link to a log group. In the fragment of its address the console expects the name URL-encoded twice, with `$`
 * instead of `%`.
 */
export const logLink = (ref: ServiceRef, group: string): Link => ({
  text: 'action log',
  url: `${consoleOf(ref)}/cloudwatch/home?region=${encodeURIComponent(ref.region)}#logsV2:log-groups/log-group/${encodeURIComponent(encodeURIComponent(group)).replaceAll('%', '$')}`,
})
