// The state of the workspace, and a feed of its changes. This file does not enforce Slack's rules; the Web API methods do.
import type { Clock } from '../world/clock.ts'
import { APP_ID, aChannel, BOT, PEOPLE, SLACKBOT, seedChannels, seedGroups, seedUsers, TEAM } from './seed.ts'
import type {
  Change,
  Channel,
  Content,
  Enterprise,
  Message,
  OpenView,
  SlackFile,
  User,
  UserGroup,
  View,
} from './types.ts'

type Where = { readonly channel: string; readonly user: string; readonly threadTs?: string | undefined }

export type StoredFile = {
  readonly file: SlackFile
  readonly content: Buffer
  /** Whether the upload is completed. Until then, only the uploader can see the file. */
  readonly completed: boolean
}

const from = (user: string) => (user === BOT.userId ? { bot_id: BOT.botId, app_id: APP_ID } : {})

export class Workspace {
  /** The Enterprise Grid organization of the workspace. */
  enterprise: Enterprise | undefined
  /** How long after posting a message can be edited, in milliseconds. This is a setting of the workspace. */
  editWindowMs = Number.POSITIVE_INFINITY
  readonly users = new Map<string, User>()
  readonly groups = new Map<string, UserGroup>()
  readonly channels = new Map<string, Channel>()
  readonly files = new Map<string, StoredFile>()
  readonly #messages = new Map<string, Map<string, Message>>()
  readonly #ephemerals = new Map<string, Map<string, Message>>()
  readonly #views = new Map<string, readonly OpenView[]>()
  readonly #homes = new Map<string, View>()
  readonly #sessions = new Map<string, string>()
  readonly #reads = new Map<string, Map<string, string>>()
  readonly #listeners = new Set<(change: Change) => void>()
  readonly #clock: Clock
  #lastMicros = 0
  #lastId = 0

  constructor(clock: Clock) {
    this.#clock = clock
    for (const user of seedUsers) this.users.set(user.id, user)
    for (const group of seedGroups) this.groups.set(group.id, group)
    for (const channel of seedChannels) this.channels.set(channel.id, channel)
    for (const person of PEOPLE) this.openDm(person)
  }

  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change)
  }

  /** Returns a new unique `ts` for a message: world time in seconds, with six decimals. */
  ts(): string {
    this.#lastMicros = Math.max(this.#lastMicros + 1, this.#clock.now() * 1000)
    const micros = String(this.#lastMicros)
    return `${micros.slice(0, -6)}.${micros.slice(-6)}`
  }

  /** Returns a new unique id, such as `F00000A`. */
  id(prefix: string): string {
    this.#lastId++
    return prefix + this.#lastId.toString(36).toUpperCase().padStart(8, '0')
  }

  // People and channels

  putUser(user: User): User {
    this.users.set(user.id, user)
    this.#tell({ kind: 'user', user })
    return user
  }

  putChannel(channel: Channel): Channel {
    this.channels.set(channel.id, channel)
    this.#tell({ kind: 'channel', channel })
    return channel
  }

  /** Returns the direct message between a person and the bot; creates it if necessary. */
  openDm(person: string): Channel {
    const id = `D0${person.replace(/^[UW]0?/, '')}`
    return (
      this.channels.get(id) ?? this.putChannel(aChannel({ id, name: '', kind: 'im', members: [person, BOT.userId] }))
    )
  }

  isMember(channel: string, user: string): boolean {
    return this.channels.get(channel)?.members.includes(user) ?? false
  }

  // Messages

  message(channel: string, ts: string): Message | undefined {
    return this.#messages.get(channel)?.get(ts)
  }

  /** The messages of a channel, oldest first, without replies in threads. */
  history(channel: string): readonly Message[] {
    const all = [...(this.#messages.get(channel)?.values() ?? [])]
    return all.filter(
      ({ thread_ts, ts, subtype }) => thread_ts === undefined || thread_ts === ts || subtype === 'thread_broadcast',
    )
  }

  /** The first message of a thread and its replies, oldest first. */
  thread(channel: string, ts: string): readonly Message[] {
    const all = [...(this.#messages.get(channel)?.values() ?? [])]
    return all.filter(message => message.ts === ts || message.thread_ts === ts)
  }

  messages(channel: string): readonly Message[] {
    return [...(this.#messages.get(channel)?.values() ?? [])]
  }

  #compose({ channel, user, threadTs }: Where, content: Content): Message {
    return {
      type: 'message',
      ts: this.ts(),
      channel,
      user,
      team: this.users.get(user)?.teamId ?? TEAM.id,
      ...from(user),
      ...content,
      ...(threadTs ? { thread_ts: threadTs } : {}),
    }
  }

  #store(message: Message): Message {
    const messages = this.#messages.get(message.channel) ?? new Map<string, Message>()
    this.#messages.set(message.channel, messages)
    messages.set(message.ts, message)
    this.#tell({ kind: 'message', message })
    return message
  }

  post(where: Where, content: Content): Message {
    const message = this.#store(this.#compose(where, content))
    const parent = where.threadTs ? this.message(where.channel, where.threadTs) : undefined
    if (parent) this.#store(this.#recount(parent))
    return message
  }

  #recount(parent: Message): Message {
    const replies = this.thread(parent.channel, parent.ts).filter(reply => reply.ts !== parent.ts)
    const last = replies.at(-1)
    if (!last) {
      const { thread_ts: _, reply_count: __, reply_users: ___, latest_reply: ____, ...alone } = parent
      return alone
    }
    return {
      ...parent,
      thread_ts: parent.ts,
      reply_count: replies.length,
      reply_users: [...new Set(replies.map(reply => reply.user))],
      latest_reply: last.ts,
    }
  }

  /** Changes parts of a message. Its channel, sender and thread stay the same. */
  edit(message: Message, change: Partial<Message>): Message {
    return this.#store({ ...message, ...change })
  }

  remove(channel: string, ts: string): void {
    const message = this.message(channel, ts)
    this.#messages.get(channel)?.delete(ts)
    this.#tell({ kind: 'deleted', channel, ts })
    const parent = message?.thread_ts && message.thread_ts !== ts ? this.message(channel, message.thread_ts) : undefined
    if (parent) this.#store(this.#recount(parent))
  }

  // Ephemeral messages. One person sees them, until this person reloads the page.

  ephemerals(user: string): readonly Message[] {
    return [...(this.#ephemerals.get(user)?.values() ?? [])]
  }

  ephemeral(user: string, ts: string): Message | undefined {
    return this.#ephemerals.get(user)?.get(ts)
  }

  postEphemeral(to: string, where: Where, content: Content): Message {
    return this.#storeEphemeral(to, { ...this.#compose(where, content), is_ephemeral: true })
  }

  editEphemeral(to: string, message: Message, change: Partial<Message>): Message {
    return this.#storeEphemeral(to, { ...message, ...change })
  }

  #storeEphemeral(to: string, message: Message): Message {
    const messages = this.#ephemerals.get(to) ?? new Map<string, Message>()
    this.#ephemerals.set(to, messages)
    messages.set(message.ts, message)
    this.#tell({ kind: 'ephemeral', to, message })
    return message
  }

  removeEphemeral(to: string, ts: string): void {
    const message = this.ephemeral(to, ts)
    if (!message) return
    this.#ephemerals.get(to)?.delete(ts)
    this.#tell({ kind: 'ephemeral-deleted', to, channel: message.channel, ts })
  }

  /** Posts a notice from Slack to one person. */
  notice(to: string, where: { channel: string; threadTs?: string | undefined }, text: string): Message {
    return this.postEphemeral(to, { ...where, user: SLACKBOT }, { text })
  }

  /** Starts a session of the page. A reload starts a new session, and the person's ephemeral messages and modals are lost. */
  session(user: string, id: string): void {
    const known = this.#sessions.get(user)
    this.#sessions.set(user, id)
    if (known === undefined || known === id) return
    for (const message of this.ephemerals(user)) this.removeEphemeral(user, message.ts)
    if (this.views(user).length > 0) this.show(user, [])
  }

  read(by: string, channel: string, ts: string): void {
    const read = this.#reads.get(by) ?? new Map<string, string>()
    this.#reads.set(by, read)
    read.set(channel, ts)
    this.#tell({ kind: 'read', by, channel, ts })
  }

  reads(user: string): { readonly [channel: string]: string } {
    return Object.fromEntries(this.#reads.get(user) ?? [])
  }

  // Views

  /** The stack of a person's modals. The last one is on top. */
  views(user: string): readonly OpenView[] {
    return this.#views.get(user) ?? []
  }

  show(user: string, views: readonly OpenView[]): void {
    this.#views.set(user, views)
    this.#tell({ kind: 'views', to: user, views })
  }

  home(user: string): View | undefined {
    return this.#homes.get(user)
  }

  publishHome(to: string, view: View): void {
    this.#homes.set(to, view)
    this.#tell({ kind: 'home', to, view })
  }

  findView(id: string): { readonly user: string; readonly view: View } | undefined {
    for (const [user, views] of this.#views) {
      const open = views.find(
        open => open.view.id === id || (open.view.external_id !== '' && open.view.external_id === id),
      )
      if (open) return { user, view: open.view }
    }
    for (const [user, view] of this.#homes) if (view.id === id) return { user, view }
    return undefined
  }
}
