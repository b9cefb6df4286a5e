// After somebody joined a channel or it was shared: forgets who reads it, and reports outsiders where cards stand.

import type { Ports } from '../../commands/ports.ts'
import { CARDS_DAYS, cardsIn, type StandingCard } from '../../engine/change/records.ts'
import { tellOperators } from '../../engine/jobs/tell-on-call.ts'
import { audienceKey } from '../../engine/rules/guarded-slack.ts'
import type { AudienceJob } from '../../model/ports/job.ts'
import type { Audience } from '../../model/ports/slack.ts'
import { renderOutsiders } from './render-outsiders.ts'

const HOUR_MS = 3_600_000

export const checkAudience = async ({ place: { channel }, actor }: AudienceJob, ports: Ports): Promise<void> => {
  const { store } = ports
  const cached = await store.get<Audience>(audienceKey(channel))
  if (cached !== undefined) await store.remove(cached.key, cached.version)
  const config = await ports.config()
  if (config.sharing.trusted.includes(channel)) return
  // Both are asked before Slack: joining and leaving again must not use up the calls that everybody shares.
  const cards = (await store.list<StandingCard>(cardsIn(channel))).map(({ value }) => value)
  if (cards.length === 0 || !(await isFirst(`check ${actor.user}`, channel, ports))) return
  const slack = await ports.slack()
  const readers = await slack.audience(channel)
  if (readers === 'own people' || readers === 'not a channel' || !(await isFirst('report', channel, ports))) return
  await tellOperators(renderOutsiders(channel, readers, cards, config.onCall), config, slack)
}

/** Whether this is the first time in an hour: a report for a channel, or a check because of one person. */
const isFirst = (what: string, channel: string, { store, now }: Ports): Promise<boolean> => {
  const hour = Math.floor(Date.parse(now()) / HOUR_MS)
  const until = Math.floor(Date.parse(now()) / 1_000) + CARDS_DAYS * 86_400
  return store.create({ pk: `outsiders#${channel}`, sk: `${hour} ${what}` }, { at: now() }, until)
}
