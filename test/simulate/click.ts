// Performs people's clicks: votes, the form behind Reject, and the offers in a card's dialog.
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
  const late = () => voteLate({ op, user, choice, twice }, operation, sandbox)
  if (card === undefined || !isOpen(card.channel, sandbox)) return late()
  const { channel, ts } = card
  const blocks = JSON.stringify(card.blocks ?? [])
  const actionId = `decide:${choice}`
  const menuChoice = { actionId: 'card:menu', value: `${choice} ${operation}` }
  if (blocks.includes(`"${actionId}"`)) await sandbox.slack.deliver.click({ user, channel, ts, actionId }, { twice })
  else if (blocks.includes(`"${menuChoice.value}"`))
    await sandbox.slack.deliver.click({ user, channel, ts, ...menuChoice }, { twice })
  else if (await clickInDialog({ user, actionId, twice }, card, sandbox)) return
  else return late()
  await submitForm(user, twice, sandbox)
}

type DialogClick = { readonly user: string; readonly actionId: string; readonly twice: boolean }

/** Opens the dialog of a card and clicks a button there. Returns false if the dialog does not have the button. */
const clickInDialog = async ({ user, actionId, twice }: DialogClick, card: Message, sandbox: Sandbox) => {
  const blocks = await openDialog(user, card, sandbox)
  const hasButton = blocks.flatMap(buttonsOf).some(({ action_id }) => action_id === actionId)
  if (hasButton) await sandbox.slack.deliver.click({ user, actionId }, { twice })
  sandbox.slack.workspace.show(user, [])
  return hasButton
}

/** The blocks of the dialog of a card; none if the card opens no dialog. */
const openDialog = async (user: string, card: Message, sandbox: Sandbox): Promise<readonly object[]> => {
  const opens = (card.blocks ?? []).flatMap(buttonsOf).find(({ action_id }) => /^card:(?:open|menu)$/.test(action_id))
  if (opens === undefined) return []
  const details = opens.options?.find(({ value }) => value.startsWith('details '))?.value
  const { channel, ts } = card
  const value = details === undefined ? {} : { value: details }
  await sandbox.slack.deliver.click({ user, channel, ts, actionId: opens.action_id, ...value })
  await sandbox.quiet()
  return sandbox.slack.workspace.views(user).at(-1)?.view.blocks ?? []
}

type Button = {
  readonly action_id: string
  readonly value: string
  readonly options?: readonly { readonly value: string }[]
}

/** The alternative plans that the dialog of a pending card offers. */
const offersOf = (dialog: readonly object[], operation: string): readonly Button[] =>
  (dialog as readonly { readonly block_id?: string }[])
    .filter(({ block_id }) => block_id === `instead:${operation}`)
    .flatMap(buttonsOf)

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

/** Takes an offer of a card's dialog: a new request, which replaces the plan if the same person requested it. */
export const offer = async (
  { op, nth, user, twice = false }: Extract<Step, { kind: 'offer' }>,
  { sandbox, seen }: Stage,
): Promise<void> => {
  const operation = operationAt(op, sandbox)
  const card = cardOf(operation, sandbox)
  if (operation === undefined || card === undefined || !isOpen(card.channel, sandbox)) return
  const reader = user ?? askerOf(operation, sandbox)
  const offers = offersOf(await openDialog(reader, card, sandbox), operation)
  const takenOffers = offers[nth % Math.max(1, offers.length)]
  if (takenOffers !== undefined) {
    seen.takenOffers.push({ operation, line: takenOffers.value })
    await sandbox.slack.deliver.click({ user: reader, actionId: takenOffers.action_id }, { twice })
  }
  sandbox.slack.workspace.show(reader, [])
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
