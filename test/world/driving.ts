// How a test drives a world or a story: people type and click in Slack, and what Slack and AWS saw is read back.
import type { CallLog, LoggedCall } from '../../sandbox/aws/wire/call-log.ts'
import type { RequestTampering } from '../../sandbox/slack/send.ts'
import type { Slack } from '../../sandbox/slack/slack.ts'
import type { Message } from '../../sandbox/slack/types.ts'
import type { Clock } from '../../sandbox/world/clock.ts'
import type { Fleet } from '../../sandbox/world/fleet.ts'
import type { Service } from '../../sandbox/world/state.ts'
import { type AuditRecord, chainKey } from '../../src/engine/audit/audit.ts'
import type { Store } from '../../src/model/ports/store.ts'
import { textOf } from './text-of.ts'

/** Where the bot itself runs. */
export const HUB = { account: '111122223333', region: 'us-east-1' } as const

type Where = { readonly user?: string; readonly channel?: string }

/** What is driven: the sandbox, or a story. */
export type Driven = {
  readonly slack: Slack
  readonly fleet: Fleet
  readonly aws: { readonly callLog: CallLog }
  readonly quiet: () => Promise<void>
}

export type Driving = {
  /** Types `/ecs <text>` and waits until everything that it set off has come to rest. The answer is what only the asker sees. */
  readonly type: (text: string, where?: Where, tampering?: RequestTampering) => Promise<string>
  /** Clicks a button of the last card; Reject's form is filled in and sent. */
  readonly click: (choice: string, user?: string, reason?: string) => Promise<void>
  /** Clicks the button with these words: on what only this person was told last, on the last message that has it, or in the dialog of the last card. */
  readonly press: (label: string, user?: string) => Promise<void>
  /** The last message of the channel, as lines of text. */
  readonly card: (channel?: string) => string
  /** The dialog of the last card of the channel, as lines of text: it has all that the card has no room for. */
  readonly details: (user?: string, channel?: string) => Promise<string>
  readonly cards: (channel?: string) => readonly Message[]
  /** What was said in the threads of cards, besides their ends. */
  readonly replies: (channel?: string) => readonly Message[]
  /** The ends of operations that were told in the threads of their cards. */
  readonly endReplies: (channel?: string) => readonly Message[]
  /** What only this person was told last. */
  readonly told: (user: string) => string
  readonly responseUrl: (user: string) => string
  readonly calls: (action: string) => readonly LoggedCall[]
  /** The service as the world has it, in prod's us-east-1: `web/orders-api` unless named. */
  readonly service: (name?: string) => Service
  readonly desired: (name?: string) => number
  /** The audit chain of an account, oldest first. */
  readonly audit: (account: string) => Promise<readonly AuditRecord[]>
}

/** `store`: the bot's table. */
export const drive = ({ slack, fleet, aws, quiet }: Driven, store: Pick<Store, 'list'>): Driving => {
  const whispers = new Map<string, string>()
  const whispered = new Map<string, Message>()
  slack.subscribe(change => {
    if (change.kind !== 'ephemeral') return
    whispers.set(change.to, textOf(change.message))
    whispered.set(change.to, change.message)
  })
  const cards = (channel = 'C0OPS') =>
    slack.workspace
      .history(channel)
      .filter(({ bot_id, ts, thread_ts = ts }) => bot_id !== undefined && thread_ts === ts)
  const inThreads = (channel = 'C0OPS') =>
    slack.workspace
      .messages(channel)
      .filter(({ bot_id, thread_ts = '', ts }) => bot_id !== undefined && thread_ts !== '' && thread_ts !== ts)
  const card = (channel?: string): string =>
    textOf(cards(channel).at(-1)).replace(/configuration \w+ · operation \w+/, 'configuration … · operation …')
  const service = (name = 'web/orders-api'): Service => {
    const [cluster = '', of = ''] = name.split('/')
    const found = fleet.site(HUB).clusters.get(cluster)?.services.get(of)
    if (found === undefined) throw new Error(`no service ${name}`)
    return found
  }
  const dialogOf = (user: string): string =>
    textOf({ text: '', blocks: slack.workspace.views(user).at(-1)?.view.blocks ?? [] } as never)
  /** Reviews the request in its dialog and approves there. What the dialog answers is what the person was told. */
  const approveInDialog = async (spot: { readonly user: string; readonly channel: string; readonly ts: string }) => {
    const { user } = spot
    const dialog = () => dialogOf(user)
    await slack.deliver.click({ ...spot, actionId: 'card:open' })
    await quiet()
    if (/\[(?:Approve|Continue)\]/.test(dialog())) {
      await slack.deliver.click({ user, actionId: 'decide:approve' })
      await quiet()
    }
    const [first = ''] = dialog().split('\n')
    if (!/^(?:Dry run|\p{Emoji_Presentation}|\p{Extended_Pictographic})/u.test(first)) whispers.set(user, dialog())
    await slack.deliver.close({ user })
    await quiet()
  }
  const openDialog = async (user: string, channel?: string) => {
    const message = cards(channel).at(-1)
    const spot = { user, channel: message?.channel ?? '', ts: message?.ts ?? '' }
    const click = hasAction(message, 'card:open') ? { actionId: 'card:open' } : menuChoice(message, 'details')
    await slack.deliver.click({ ...spot, ...click })
    await quiet()
  }
  return {
    type: async (text: string, { user = 'U0REQUEST', channel = 'C0OPS' }: Where = {}, tampering?: RequestTampering) => {
      whispers.delete(user)
      await slack.deliver.command({ user, channel, text }, tampering)
      await quiet()
      return whispers.get(user) ?? ''
    },
    click: async (choice: string, user = 'U0APPROVE', reason = '') => {
      whispers.delete(user)
      const message = cards().at(-1) ?? cards('C0APPROVALS').at(-1)
      const spot = { user, channel: message?.channel ?? '', ts: message?.ts ?? '' }
      const isReviewed =
        choice === 'approve' && !hasAction(message, 'decide:approve') && hasAction(message, 'card:open')
      if (isReviewed) await approveInDialog(spot)
      else if (choice === 'cancel') await slack.deliver.click({ ...spot, ...menuChoice(message, 'cancel') })
      else await slack.deliver.click({ ...spot, actionId: `decide:${choice}` })
      if (choice === 'reject') await slack.deliver.submit({ user, values: { reason } })
      await quiet()
    },
    press: async (label: string, user = 'U0REQUEST') => {
      const has = (message: Message | undefined) => textOf(message).includes(`[${label}]`)
      const own = whispered.get(user)
      const message = has(own) ? own : [...cards('C0APPROVALS'), ...cards()].findLast(has)
      whispers.delete(user)
      whispered.delete(user)
      if (message === undefined) await openDialog(user)
      const spot = message === undefined ? {} : { channel: message.channel, ts: message.ts }
      await slack.deliver.click({ user, ...spot, label })
      await quiet()
    },
    card,
    details: async (user = 'U0APPROVE', channel?: string) => {
      await openDialog(user, channel)
      const text = dialogOf(user)
      await slack.deliver.close({ user })
      return text
    },
    cards,
    replies: (channel?: string) => inThreads(channel).filter(message => !isEnding(message)),
    endReplies: (channel?: string) => inThreads(channel).filter(isEnding),
    responseUrl: (user: string) => slack.responseUrl({ channel: 'C0OPS', user }),
    told: (user: string) => whispers.get(user) ?? '',
    calls: (action: string) => aws.callLog.list().filter(call => call.action === action),
    service,
    audit: async (account: string) => (await store.list<AuditRecord>(chainKey(account))).map(({ value }) => value),
    desired: (of?: string) => service(of).desired,
  }
}

/** The first line of a card that has ended: `✅ Done · prod · …`. */
const isEnding = ({ text }: Message): boolean =>
  /^\S+ (?:Done|Failed|Replaced|Blocked|Unknown|Out of date|Rejected|Expired|Cancelled|Reverted|Kept|Closed) · /.test(
    text,
  )

const elementsOf = (message: Message | undefined) =>
  (message?.blocks ?? []).flatMap(({ elements }) => (Array.isArray(elements) ? (elements as readonly Element[]) : []))

type Element = { readonly action_id?: string; readonly options?: readonly { readonly value: string }[] }

const hasAction = (message: Message | undefined, id: string): boolean =>
  elementsOf(message).some(({ action_id }) => action_id === id)

/** The choice of a card's menu that begins with a word. */
const menuChoice = (message: Message | undefined, word: string) => {
  const values = elementsOf(message).flatMap(({ options = [] }) => options.map(({ value }) => value))
  return { actionId: 'card:menu', value: values.find(value => value.startsWith(`${word} `)) ?? '' }
}

type Passing = { readonly clock: Clock; readonly quiet: () => Promise<void> }

/** Moves the clock from one due time to the next, and waits for quiet at each. */
export const pass = async (ms: number, world: Passing): Promise<void> => {
  const end = world.clock.now() + ms
  for (;;) {
    await world.quiet()
    const next = world.clock.next()
    if (next === undefined || next > end) break
    world.clock.advanceTo(next)
  }
  world.clock.advanceTo(end)
  await world.quiet()
}
