// Updates the card of a request that others may settle meanwhile, and corrects it where they did: an update that Slack
// carries out late must not offer buttons of what is over.

import { RemoteError } from '../../model/errors.ts'
import type { Posted, Slack } from '../../model/ports/slack.ts'
import type { Store } from '../../model/ports/store.ts'
import type { Approval } from '../change/approval.ts'
import { approvalKey, finalCardKey, standingCardKey } from '../change/records.ts'
import { mayUpdate, type Urgency } from '../jobs/update-budget.ts'
import type { Card, Face } from './card.ts'
import { showCard } from './show-card.ts'

type CardPorts = {
  readonly store: Store
  readonly slack: () => Promise<Pick<Slack, 'update'>>
  readonly now: () => string
}

/** The number of corrections of one update. Each needs another change in the seconds before. */
const MOST_CORRECTIONS = 3

export const showLatest = async (card: Card, posted: Posted, urgency: Urgency, ports: CardPorts): Promise<void> => {
  const { store, slack, now } = ports
  if (!(await mayUpdate(store, now(), urgency))) return
  await showCard(await slack(), posted, card)
  let shown = card
  for (let turn = 0; turn < MOST_CORRECTIONS; turn += 1) {
    const latest = await latestCard(shown, store)
    if (latest === undefined || !(await mayUpdate(store, now(), 'outcome'))) return
    await showCard(await slack(), posted, latest).catch(ignoreRemote)
    shown = latest
  }
}

const ignoreRemote = (error: unknown): void => {
  if (!(error instanceof RemoteError)) throw error
}

/** The card that is newer than this one, if there is one. */
const latestCard = async (shown: Card, store: Store): Promise<Card | undefined> => {
  const { operation } = shown
  if (shown.stage.kind === 'ended') return undefined
  const final = (await store.get<Card>(finalCardKey(operation)))?.value
  if (final !== undefined) return final
  if (!BEFORE.includes(shown.stage.kind)) return undefined
  const standing = (await store.get<Card>(standingCardKey(operation)))?.value
  if (standing !== undefined) return standing
  if (shown.stage.kind !== 'waiting') return undefined
  const approval = (await store.get<Approval>(approvalKey(operation)))?.value
  return approval?.decision?.outcome === 'approved' ? startingCard(shown, approval) : undefined
}

/** The stages before a temporary change or a shell access runs. */
const BEFORE: readonly Card['stage']['kind'][] = ['waiting', 'starting']

/** The card of an approved request whose operation has shown nothing yet. */
export const startingCard = ({ stage: _, ...face }: Face & { readonly stage?: unknown }, approval: Approval): Card => ({
  ...face,
  ...(approval.decision !== undefined && { decision: approval.decision }),
  votes: approval.votes,
  stage: { kind: 'starting' },
})
