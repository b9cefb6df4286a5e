// /ecs incident open: opens an incident on a service, with a channel of its own.

import type { Incident } from '../../features/incidents/incident/incident.ts'
import { isDirectMessage } from '../../features/services/channel-defaults.ts'
import { plainName } from '../../kit/messages/text.ts'
import { refuse } from '../../model/errors.ts'
import { setting } from '../command.ts'

const USUAL_SEVERITY = 'high'

export const openIncident = setting({
  name: 'incident open',
  summary: 'Open an incident: a channel, people, what changed',
  args: { service: { kind: 'service' }, title: { kind: 'text', optional: true } },
  options: {
    severity: { kind: 'severity', hint: `default ${USUAL_SEVERITY}` },
    here: { kind: 'flag', hint: 'use this channel instead of a new one' },
  },
  examples: ['incident open orders-api', 'incident open orders-api "checkout is down" --severity critical'],
  reads: [],
  right: 'incident',
  change: ({ service, title, severity = USUAL_SEVERITY, here }, { actor, now, request, channel, thread }) => {
    if (here === true && isDirectMessage(channel))
      return refuse('An incident needs a channel that others read.', 'Leave out `--here`: it gets one.')
    const incident: Incident = {
      ...{ id: request, ref: service, severity, by: actor, at: now },
      place: { channel, ...(thread !== undefined && { thread }) },
      ...(title !== undefined && { title }),
      ...(here === true && { channel: { id: channel, name: '', isOwn: false } }),
    }
    const about = title === undefined ? '' : `: ${plainName(title, 200)}`
    const what = `an incident of ${severity} severity on *${plainName(service.service)}*${about}`
    return {
      change: { kind: 'open incident', incident },
      text: `${plainName(actor.name, 60)} opened ${what}.`,
    }
  },
})
