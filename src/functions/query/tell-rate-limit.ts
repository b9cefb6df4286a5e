// Tells the operators that Slack leaves out events: mentions, messages and the opening of App Home are lost then.

import type { Ports } from '../../commands/ports.ts'
import { tellOperators } from '../../engine/jobs/tell-on-call.ts'
import { plain, richText, section } from '../../kit/messages/markup.ts'
import type { Rendered } from '../../model/ports/message.ts'

const HOUR_MS = 3_600_000

/** Slack says it each minute (Slack documentation, Events API: 30,000 events an hour); the operators are told once an hour. */
export const tellRateLimit = async (ports: Ports): Promise<void> => {
  const now = Date.parse(ports.now())
  const until = Math.floor((now + 2 * HOUR_MS) / 1_000)
  const key = { pk: 'rate-limited', sk: `${Math.floor(now / HOUR_MS)}` }
  if (!(await ports.store.create(key, { at: ports.now() }, until))) return
  await tellOperators(renderRateLimit(), await ports.config(), await ports.slack())
}

const renderRateLimit = (): Rendered => {
  const text =
    'Slack does not deliver all events to Quarterdeck: there were more than 30,000 in an hour. Mentions and messages to the bot may be lost; slash commands and buttons work.'
  return { text: plain(text), blocks: [richText(section(text))] }
}
