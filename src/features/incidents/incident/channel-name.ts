// Pure: the names of an incident's channel, by the template of the configuration.

import type { Incident } from './incident.ts'

/** Slack: lower case letters, digits, hyphens and underscores, at most 80 characters. */
const MOST = 80
/** The names that are tried: the name itself, and with -2 to -5. A channel that is archived keeps its name. */
const TRIES = 5

/** The names in the order in which they are tried. `template`: with `{date}`, `{service}`, `{account}`, `{severity}`. */
export const channelNames = ({ ref, at, severity }: Incident, template: string): readonly string[] => {
  const parts: Readonly<Record<string, string>> = {
    date: at.slice(0, 10),
    service: ref.service,
    account: ref.account,
    severity,
  }
  const whole = template
    .replace(/\{(\w+)\}/g, (_, name: string) => parts[name] ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^-+/, '')
  return Array.from({ length: TRIES }, (_, nth) => {
    const suffix = nth === 0 ? '' : `-${nth + 1}`
    return `${whole.slice(0, MOST - suffix.length).replace(/-+$/, '')}${suffix}`
  })
}
