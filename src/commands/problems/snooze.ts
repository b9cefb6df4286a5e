// /ecs snooze: pauses the card of a problem in the channel, and new cards of the same cause.

import { timeMark } from '../../kit/messages/markup.ts'
import { refuse } from '../../model/errors.ts'
import { setting } from '../command.ts'

const USUAL_MINUTES = 60
/** The longest snooze. This is our choice. */
const MOST_MINUTES = 24 * 60

export const snooze = setting({
  name: 'snooze',
  summary: 'Pause the card of a problem in this channel',
  args: { problem: { kind: 'printed' } },
  options: { for: { kind: 'duration', hint: 'how long, at most a day; default 1h' } },
  examples: ['snooze 8fac260597f6', 'snooze 8fac260597f6 --for 4h'],
  reads: [],
  right: 'channel',
  change: ({ problem, for: minutes = USUAL_MINUTES }, { now, channel, actor }) => {
    if (minutes > MOST_MINUTES) return refuse('A problem can be snoozed for at most a day.')
    const until = new Date(Date.parse(now) + minutes * 60_000).toISOString()
    return {
      change: { kind: 'snooze problem', channel, problem, until },
      text: `${actor.name.replace(/[*`<]/g, '')} snoozed a problem until ${timeMark(until)}.`,
    }
  },
})
