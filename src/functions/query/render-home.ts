// Renders the App Home. What its reader must do comes first.

import { OPEN_CARD } from '../../engine/cards/card.ts'
import type { Lease, LeaseBook } from '../../engine/leases/book.ts'
import { leaseButtons, leaseLine } from '../../engine/leases/render-leases.ts'
import { fullName } from '../../kit/language/target.ts'
import { buttons, context, cut, date, literal, richText, section, timeMark } from '../../kit/messages/markup.ts'
import type { Actor, Service, ServiceRef } from '../../model/ecs.ts'
import type { Json, JsonObject } from '../../model/json.ts'
import type { Block } from '../../model/ports/message.ts'

export type Waiting = {
  readonly operation: string
  readonly title: string
  readonly place: string
  readonly requester: Actor
  readonly expiresAt: string
  /** A link to the card; empty if Slack returns none. */
  readonly link: string
}

export type HomeState = {
  readonly now: string
  /**
   * Open requests, those that expire first at the top. `approvable`: this person may vote on them. `requested`: this
   * person made them.
   */
  readonly approvable: readonly Waiting[]
  readonly requested: readonly Waiting[]
  /** The number of further requests that this person may vote on. */
  readonly unshown: number
  readonly leases: readonly { readonly book: LeaseBook; readonly lease: Lease }[]
  /** The favourite services. `service` is undefined if it was deleted or cannot be read. */
  readonly favourites: readonly { readonly ref: ServiceRef; readonly service: Service | undefined }[]
}

const header = (text: string): Block => ({ type: 'header', text: { type: 'plain_text', text, emoji: false } })

const MAX_ENTRIES = 10

export const renderHome = ({
  now,
  approvable,
  unshown,
  requested,
  leases,
  favourites,
}: HomeState): readonly Block[] => [
  header('Waiting for your approval'),
  ...(approvable.length === 0
    ? [richText(section('No request is waiting for your approval.'))]
    : approvable.flatMap(requestBlocks)),
  ...(unshown === 0 ? [] : [context(`and ${unshown} more, which expire later`)]),
  ...(requested.length === 0 ? [] : [header('Your open requests'), ...requested.flatMap(requestBlocks)]),
  header('Your temporary changes'),
  ...(leases.length === 0
    ? [richText(section('You have no temporary changes.'))]
    : leases
        .slice(0, MAX_ENTRIES)
        .flatMap(({ book, lease }) => [
          richText(section(`*${fullName(book.target)}*\n`), section(leaseLine(lease))),
          ...(lease.left === undefined && lease.lost === undefined ? [leaseButtons(book, lease)] : []),
        ])),
  header('Your favourites'),
  ...(favourites.length === 0
    ? [richText(section('`/ecs here set --favourites orders-api,checkout` in the Messages tab adds services here.'))]
    : favourites.slice(0, MAX_ENTRIES).flatMap(favourite)),
  context(`As of ${timeMark(now)}. Reopen the tab to refresh.`),
]

export const renderNoHome = ({ text, hint }: { readonly text: string; readonly hint?: string }): readonly Block[] => [
  header('Quarterdeck'),
  richText(section(text), ...(hint === undefined ? [] : [section(`\n${hint}`)])),
]

const requestBlocks = ({ operation, title, place, requester, expiresAt, link }: Waiting): readonly Block[] => [
  richText(
    section(
      link === '' ? { ...literal(cut(title, 200)), style: { bold: true } } : linkTo(link, title),
      literal(`\n${place}: requested by ${requester.name}, expires `),
      date(expiresAt, '{date_short_pretty} {time}'),
    ),
  ),
  buttons(`open:${operation}`, [{ label: 'Open', action: OPEN_CARD, value: operation }]),
]

const linkTo = (url: string, text: string): JsonObject => ({
  type: 'link',
  url,
  text: cut(text, 200),
  style: { bold: true },
})

const favourite = ({ ref, service }: HomeState['favourites'][number], at: number): readonly Block[] => {
  const words: Json =
    service === undefined
      ? 'could not be read'
      : `${stateText(service)}: ${service.running} of ${service.desired} running${service.pending > 0 ? `, ${service.pending} pending` : ''}`
  return [
    richText(section(`*${fullName(ref)}* ${words}`)),
    buttons(`favourite:${at}`, [
      { label: 'Status', action: 'run:status', value: `status ${fullName(ref)}` },
      { label: 'Logs', action: 'run:logs', value: `logs ${fullName(ref)}` },
    ]),
  ]
}

const stateText = ({ status, desired, running, deployments }: Service): string => {
  if (status !== 'ACTIVE') return status.toLowerCase()
  if (deployments.some(({ rolloutState }) => rolloutState === 'FAILED')) return 'has a failed deployment'
  if (deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS')) return 'is deploying'
  if (desired === 0) return 'is stopped'
  return running === desired ? 'is steady' : 'is not at its desired count'
}
