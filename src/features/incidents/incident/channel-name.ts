// Pure: builds the possible names of an incident's channel from the template in the configuration.

import type { Incident } from './incident.ts'

/** The maximum length of a channel name. Slack allows lower-case letters, digits, hyphens and underscores. */
const MOST = 80
/**
 * The maximum number of names that are tried: the name itself, then the name with -2 to -5. More than one is needed
 * because an archived channel keeps its name.
 */
const TRIES = 5

/**
 * The possible names, in the order in which they are tried. `template`: a text with the placeholders `{date}`,
 * `{service}`, `{account}` and `{severity}`.
 */
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
