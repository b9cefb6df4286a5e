// Performs people's clicks: votes, the form behind Reject, and the offers of a card.
import type { Sandbox } from '../../sandbox/sandbox.ts'
import type { Message } from '../../sandbox/slack/types.ts'
import type { Step, Vote } from './step.ts'
import type { Watch } from './watch-state.ts'

export type Stage = { readonly sandbox: Sandbox; readonly seen: Watch }

export const isOpen = (channel: string, { slack }: Sandbox): boolean =>
  slack.workspace.channels.get(channel)?.archived === false

export const operationAt = (op: number, { durable }: Sandbox): string | undefined => {
  const all = [...durable.executions.keys()]
  return all.length === 0 ? undefined : all[op % all.length]
}

const CHANNELS = ['C0OPS', 'C0APPROVALS', 'C0RANDOM']

export const cardOf = (operation: string | undefined, { slack }: Sandbox): Message | undefined =>
  operation === undefined
    ? undefined
    : CHANNELS.flatMap(channel => slack.workspace.messages(channel)).findLast(({ metadata }) =>
        JSON.stringify(metadata ?? {}).includes(operation),
      )

/** Clicks the card's button; when the button is gone, clicks as a person whose screen still shows it. */
export const vote = async ({ op, user, choice, twice = false }: Vote, { sandbox }: Stage): Promise<void> => {
  const operation = operationAt(op, sandbox)
  if (operation === undefined) return
  const card = cardOf(operation, sandbox)
  const actionId = `decide:${choice}`
  if (
    card === undefined ||
    !isOpen(card.channel, sandbox) ||
    !JSON.stringify(card.blocks ?? []).includes(`"${actionId}"`)
  )
    return voteLate({ op, user, choice, twice }, operation, sandbox)
  await sandbox.slack.deliver.click({ user, channel: card.channel, ts: card.ts, actionId }, { twice })
  await submitForm(user, twice, sandbox)
}

type Button = { readonly action_id: string; readonly value: string }

/** The alternative plans that a pending card offers. */
const offersOf = (card: Message, operation: string): readonly Button[] =>
  (card.blocks ?? []).filter(({ block_id }) => block_id === `instead:${operation}`).flatMap(buttonsOf)

const buttonsOf = (block: object): readonly Button[] => {
  const { type, elements = [] } = block as { readonly type?: string; readonly elements?: readonly Button[] }
  return type === 'actions' ? elements : []
}

/** Anyone who sees a card may press its buttons. */
export const press = async (
  { op, action: actionId, user, twice = false }: Extract<Step, { kind: 'press' }>,
  { sandbox, seen }: Stage,
): Promise<void> => {
  const operation = operationAt(op, sandbox)
  const card = cardOf(operation, sandbox)
  if (operation === undefined || card === undefined || !isOpen(card.channel, sandbox)) return
  const button = (card.blocks ?? []).flatMap(buttonsOf).find(({ action_id }) => action_id === actionId)
  if (button === undefined) return
  // The same buttons may be the offers of a pending card.
  seen.takenOffers.push({ operation, line: button.value })
  await sandbox.slack.deliver.click({ user, channel: card.channel, ts: card.ts, actionId }, { twice })
}

/** Takes a card's offer: a new request, which replaces the plan if the same person requested it. */
export const offer = async (
  { op, nth, user, twice = false }: Extract<Step, { kind: 'offer' }>,
  { sandbox, seen }: Stage,
): Promise<void> => {
  const operation = operationAt(op, sandbox)
  const card = cardOf(operation, sandbox)
  if (operation === undefined || card === undefined || !isOpen(card.channel, sandbox)) return
  const offers = offersOf(card, operation)
  const takenOffers = offers[nth % Math.max(1, offers.length)]
  if (takenOffers === undefined) return
  seen.takenOffers.push({ operation, line: takenOffers.value })
  const { channel, ts } = card
  const click = { user: user ?? askerOf(operation, sandbox), channel, ts, actionId: takenOffers.action_id }
  await sandbox.slack.deliver.click(click, { twice })
}

const askerOf = (operation: string, { durable }: Sandbox): string => {
  const payload = durable.executions.get(operation)?.payload ?? '{}'
  return (JSON.parse(payload) as { readonly actor?: { readonly user: string } }).actor?.user ?? 'U0REQUEST'
}

/** Rejecting may require a reason first. */
const submitForm = async (user: string, twice: boolean, { slack }: Sandbox): Promise<void> => {
  const form = slack.workspace.views(user).at(-1)?.view
  if (form === undefined) return
  const values = form.blocks.some(({ block_id }) => block_id === 'reason') ? { reason: 'not now' } : {}
  await slack.deliver.submit({ user, viewId: form.id, values }, { twice }).catch(formIsGone)
  slack.workspace.show(user, [])
}

/** In a burst, the same person's other click may have replaced or submitted the form. */
const formIsGone = (error: unknown): void => {
  if (!(error instanceof Error) || !error.message.includes('does not have this modal')) throw error
}

const voteLate = ({ user, choice, twice }: Vote, operation: string, { functions, slack }: Sandbox): void => {
  const spec = functions.specOf('quarterdeck-decision')
  const person = slack.workspace.users.get(user)
  if (spec === undefined || person === undefined) return
  const actor = { team: person.teamId, user, name: person.name }
  const responseUrl = slack.responseUrl({ channel: 'C0OPS', user })
  const job = { kind: 'decision', operation, choice, actor, place: { channel: 'C0OPS' }, responseUrl }
  functions.invokeAsync(spec, job)
  if (twice === true) functions.invokeAsync(spec, job)
}
