// Renders a digest: one message with the first lines of each topic, and its thread with all lines.

import { OPEN_CARD } from '../../engine/cards/card.ts'
import type { DigestTopic } from '../../engine/rules/config.ts'
import {
  type Button,
  buttons,
  context,
  cut,
  list,
  plain,
  richText,
  section,
  timeMark,
} from '../../kit/messages/markup.ts'
import { countWords } from '../../kit/messages/text.ts'
import type { Block, Rendered } from '../../model/ports/message.ts'
import { moneyText } from '../cost/findings.ts'
import type { Compared } from './seen.ts'
import { type DigestView, newsIn } from './view.ts'

/** The lines of a topic in the message, and the buttons for them. */
const MOST_LINES = 3
const MOST_BUTTONS = 3
const MOST_LINE = 220
const MOST_UNREAD = 3
/** The lines of one message of the thread, and the most messages. */
const THREAD_LINES = 30
const MOST_THREAD = 5

/** The heading of each topic, and what one and several of it are called in the first line. */
const WORDS: Readonly<Record<DigestTopic, readonly [heading: string, one: string, many: string]>> = {
  waiting: ['Waiting for an approval', 'request waits', 'requests wait'],
  'left-overs': ['Not reverted: a decision is needed', 'left-over', 'left-overs'],
  emergencies: ['Emergency changes to review', 'emergency change', 'emergency changes'],
  suspensions: ['Autoscaling suspended without an end', 'suspension', 'suspensions'],
  temporary: ['Temporary changes', 'temporary change', 'temporary changes'],
  deployments: ['Deployments', 'deployment', 'deployments'],
  posture: ['Unsafe or fragile settings', 'finding', 'findings'],
  cost: ['Could cost less', 'saving', 'savings'],
}

const countText = (topic: DigestTopic, count: number): string => {
  const [, one, many] = WORDS[topic]
  return `${countWords(count)} ${count === 1 ? one : many}`
}

type Part = { readonly topic: DigestTopic; readonly news: readonly Compared[]; readonly same: number }

const partsOf = ({ digest, items }: DigestView): readonly Part[] =>
  digest.topics.map(topic => {
    const ofTopic = items.filter(item => item.topic === topic)
    const news = newsIn({ items: ofTopic })
    return { topic, news, same: ofTopic.length - news.length }
  })

/** `title`: what the message is, such as `Digest *orders*`. */
export const renderDigest = (view: DigestView, title = `Digest *${view.digest.name}*`): Rendered => {
  const parts = partsOf(view)
  const told = parts.filter(({ news }) => news.length > 0)
  const head = `${title}: ${told.map(toldText).join(', ') || emptyText(view)}`
  return {
    text: cut(plain(head), 3_000),
    blocks: [
      richText(section(head), ...lateText(view)),
      ...told.flatMap(partBlocks),
      ...notesOf(view, parts).map(context),
    ],
  }
}

const toldText = ({ topic, news }: Part): string => {
  const amount = news.reduce((sum, { saving = 0 }) => sum + saving, 0)
  const money = amount > 0 ? ` of about ${moneyText({ currency: 'USD', amount })} a month` : ''
  return `${countText(topic, news.length)}${money}`
}

const emptyText = ({ unread }: DigestView): string =>
  unread.length === 0 ? 'nothing new' : `nothing new in what could be read, ${readsText(unread)} failed`

const readsText = ({ length }: DigestView['unread']): string =>
  length === 1 ? 'one read' : `${countWords(length)} reads`

const lateText = ({ lateSince, now }: DigestView) =>
  lateSince === undefined ? [] : [section(`\nLate: due ${timeMark(lateSince)}, sent ${timeMark(now)}`)]

const partBlocks = ({ topic, news }: Part): readonly Block[] => {
  const shown = news.slice(0, MOST_LINES)
  const more = news.length - shown.length
  const lines = [...shown.map(lineOf), ...(more > 0 ? [`and ${countWords(more)} more, in the thread`] : [])]
  return [richText(section(`*${WORDS[topic][0]}*\n`), list(lines)), ...buttonBlocks(topic, shown)]
}

const lineOf = ({ line, is }: Compared): string => `${is === 'changed' ? 'Changed: ' : ''}${cut(line, MOST_LINE)}`

/** Slack wants the ids of a block's actions to differ: a card is opened by one id, so each has a block. */
const buttonBlocks = (topic: DigestTopic, shown: readonly Compared[]): readonly Block[] => {
  const all = shown.flatMap(item => item.buttons).slice(0, MOST_BUTTONS)
  const opening = all.filter(({ action }) => action === OPEN_CARD)
  const running = all.filter(({ action }) => action !== OPEN_CARD)
  return [
    ...opening.map(button => buttons(`digest:${topic}:${button.value}`, [button])),
    ...(running.length === 0 ? [] : [buttons(`digest:${topic}`, running.map(numbered))]),
  ]
}

const numbered = (button: Button, nth: number): Button => ({ ...button, action: `run:${nth}` })

const notesOf = ({ services, unread, notes, since }: DigestView, parts: readonly Part[]): readonly string[] => {
  const same = parts.filter(part => part.same > 0).map(part => countText(part.topic, part.same))
  return [
    `About ${services === 1 ? 'one service' : `${countWords(services)} services`}.${since === undefined ? ' The first digest here shows all.' : ''}`,
    ...(same.length === 0 ? [] : [`Unchanged, and not shown again: ${same.join(', ')}`]),
    ...notes,
    ...(unread.length === 0 ? [] : [`Incomplete: ${readsText(unread)} failed.`]),
    ...unread.slice(0, MOST_UNREAD).map(({ text }) => `Unavailable: ${text}`),
  ]
}

/** The messages of the thread: all lines that are new or changed; none if the message shows all of them. */
export const renderThread = (view: DigestView): readonly Rendered[] => {
  const parts = partsOf(view)
  if (parts.every(({ news }) => news.length <= MOST_LINES)) return []
  const lines = parts.flatMap(({ topic, news }) => news.map(item => ({ topic, line: lineOf(item) })))
  const pages = Math.min(MOST_THREAD, Math.ceil(lines.length / THREAD_LINES))
  return Array.from({ length: pages }, (_, page) => {
    const shown = lines.slice(page * THREAD_LINES, (page + 1) * THREAD_LINES)
    const topics = [...new Set(shown.map(({ topic }) => topic))]
    const left = page === pages - 1 ? lines.length - pages * THREAD_LINES : 0
    return {
      text: cut(plain(`Digest ${view.digest.name}, part ${page + 1} of ${pages}`), 3_000),
      blocks: [
        richText(
          ...topics.flatMap(topic => [
            section(`*${WORDS[topic][0]}*\n`),
            list(shown.filter(one => one.topic === topic).map(({ line }) => line)),
          ]),
        ),
        ...(left > 0 ? [context(`and ${countWords(left)} more lines that are not shown`)] : []),
      ],
    }
  })
}

/** What a channel gets that outsiders read: no detail. */
export const renderBare = ({ digest: { name } }: Pick<DigestView, 'digest'>): Rendered => {
  const words = `Digest ${name} is not shown here: guests or other companies may read this channel. /ecs digest preview ${name} shows it to you alone.`
  return { text: plain(words), blocks: [richText(section(words))] }
}
